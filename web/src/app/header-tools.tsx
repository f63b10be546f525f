import {
  ActionIcon,
  Button,
  Group,
  Tooltip,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core'
import { IconActivity, IconLanguage, type IconProps, IconUser } from '@tabler/icons-react'
import { type ComponentType, Suspense, useState } from 'react'
import { useMessages } from '../i18n/language.tsx'
import { useActiveRuns, useStanding } from '../live/live.tsx'
import { isOver } from '../live/live-store.ts'
import { part } from '../parts/part.ts'
import { PaletteButton } from './palette-button.tsx'
import { SCHEMES } from './schemes.ts'

type Menus = typeof import('./header-menus.tsx')
const menu = (name: keyof Menus) => part(() => import('./header-menus.tsx'), name)
const ThemeMenu = menu('ThemeMenu')
const LanguageMenu = menu('LanguageMenu')
const PersonMenu = menu('PersonMenu')

export function HeaderTools({ onActive }: { readonly onActive: () => void }) {
  return (
    <Group gap={4} wrap="nowrap">
      <PaletteButton />
      <ActiveButton onOpen={onActive} />
      {/* On a phone both are found in one's account. */}
      <Group gap={4} wrap="nowrap" visibleFrom="xs">
        <ThemeButton />
        <LanguageButton />
      </Group>
      <PersonButton />
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

function ThemeButton() {
  const { colorScheme } = useMantineColorScheme()
  const t = useMessages().app.theme
  return <MenuButton label={t.label} icon={SCHEMES[colorScheme]} menu={ThemeMenu} />
}

export function LanguageButton() {
  const t = useMessages().app
  return <MenuButton label={t.language} icon={IconLanguage} menu={LanguageMenu} />
}

function PersonButton() {
  const t = useMessages().app
  return <MenuButton label={t.account} icon={IconUser} menu={PersonMenu} />
}

interface MenuButtonProps {
  readonly label: string
  readonly icon: ComponentType<IconProps>
  readonly menu: ComponentType<{ readonly defaultOpened?: boolean }>
}

/** A button whose menu is loaded when somebody asks for it, and then stands in its place. */
function MenuButton({ label, icon: Icon, menu: Menu }: MenuButtonProps) {
  const [isWanted, setWanted] = useState(false)
  const button = (
    <ActionIcon aria-label={label} aria-haspopup="menu" size="lg" onClick={() => setWanted(true)}>
      <Icon size={18} />
    </ActionIcon>
  )
  return isWanted ? (
    <Suspense fallback={button}>
      <Menu defaultOpened />
    </Suspense>
  ) : (
    button
  )
}
