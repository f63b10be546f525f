import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Tooltip,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core'
import {
  IconActivity,
  IconBook,
  IconDeviceDesktop,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSun,
  IconUser,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { BASE, client } from '../data/client.ts'
import { LANGUAGES, type Language, useMessages, useSpeech } from '../i18n/language.tsx'
import { useActiveRuns, useStanding } from '../live/live.tsx'
import { isOver } from '../live/live-store.ts'
import { PaletteButton } from './palette-button.tsx'
import { useAccount } from './session.tsx'

export function HeaderTools({ onActive }: { readonly onActive: () => void }) {
  return (
    <Group gap={4} wrap="nowrap">
      <PaletteButton />
      <ActiveButton onOpen={onActive} />
      {/* On a phone both are found in one's account. */}
      <Group gap={4} wrap="nowrap" visibleFrom="xs">
        <ThemeMenu />
        <LanguageMenu />
      </Group>
      <PersonMenu />
    </Group>
  )
}

/** How many runs there are, from everywhere one click away. */
function ActiveButton({ onOpen }: { readonly onOpen: () => void }) {
  const t = useMessages().app
  const runs = useActiveRuns()
  const { more } = useStanding()
  const count = runs.filter(run => !isOver(run)).length + more
  return (
    <Tooltip label={t.active(count)}>
      <Button
        variant={count > 0 ? 'light' : 'subtle'}
        color={count > 0 ? undefined : 'gray'}
        size="compact-sm"
        px="xs"
        onClick={onOpen}
        leftSection={<IconActivity size={18} aria-hidden />}
      >
        <span aria-hidden>{count}</span>
        <VisuallyHidden>{t.active(count)}</VisuallyHidden>
      </Button>
    </Tooltip>
  )
}

const SCHEMES = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const

function ThemeMenu() {
  const t = useMessages().app.theme
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = SCHEMES[colorScheme]
  return (
    <Menu position="bottom-end">
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

export function LanguageMenu() {
  const { messages, language, speak } = useSpeech()
  return (
    <Menu position="bottom-end">
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

function PersonMenu() {
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
    <Menu position="bottom-end" width={240}>
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
