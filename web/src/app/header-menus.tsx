import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core'
import { IconBook, IconLanguage, IconLogout, IconUser } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { BASE, client } from '../data/client.ts'
import { LANGUAGES, type Language, useMessages, useSpeech } from '../i18n/language.tsx'
import { SCHEMES } from './schemes.ts'
import { useAccount } from './session.tsx'

/** It opens at once where somebody has pressed what stood in its place. */
interface HeaderMenuProps {
  readonly defaultOpened?: boolean
}

export function ThemeMenu({ defaultOpened }: HeaderMenuProps) {
  const t = useMessages().app.theme
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = SCHEMES[colorScheme]
  return (
    <Menu defaultOpened={defaultOpened} position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={t.label} size="lg">
          <Current size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(SCHEMES).map(([scheme, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={16} />}
            onClick={() => setColorScheme(scheme as keyof typeof SCHEMES)}
          >
            {t[scheme as keyof typeof SCHEMES]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

export function LanguageMenu({ defaultOpened }: HeaderMenuProps) {
  const { messages, language, speak } = useSpeech()
  return (
    <Menu defaultOpened={defaultOpened} position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={messages.app.language} size="lg">
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            fw={code === language ? 600 : undefined}
            aria-current={code === language || undefined}
            onClick={() => void speak(code as Language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

export function PersonMenu({ defaultOpened }: HeaderMenuProps) {
  const t = useMessages().app
  const roles = useMessages().states.role
  const account = useAccount()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const logOut = async () => {
    await client.logOut()
    await navigate({ to: '/login' })
    queries.clear()
  }
  return (
    <Menu defaultOpened={defaultOpened} position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t.account} size="lg">
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {account.user?.email ?? account.actor}
          <br />
          {roles[account.role]}
        </Menu.Label>
        <Menu.Item
          leftSection={<IconUser size={16} />}
          renderRoot={props => <Link to="/account" {...props} />}
        >
          {t.account}
        </Menu.Item>
        <Menu.Item
          component="a"
          href={`${BASE}/api/docs`}
          target="_blank"
          leftSection={<IconBook size={16} />}
        >
          {t.reference}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
          {t.logOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
