import { AppShell, NavLink, Stack, Text } from '@mantine/core'
import {
  IconAnchor,
  IconArchive,
  IconCalendarTime,
  IconDatabase,
  IconFingerprint,
  IconHistory,
  IconLayoutDashboard,
  type IconProps,
  IconRestore,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react'
import { Link, type LinkProps, useRouterState } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import type { Account } from '../../../src/client/index.ts'
import { useMessages } from '../i18n/language.tsx'
import type { Messages } from '../i18n/messages.ts'
import { useMay } from './session.tsx'
import classes from './shell.module.css'
import { VERSION } from './version.ts'

interface Entry {
  readonly to: LinkProps['to']
  readonly icon: ComponentType<IconProps>
  readonly label: keyof Pick<
    Messages['app'],
    | 'overview'
    | 'sources'
    | 'backups'
    | 'restore'
    | 'runs'
    | 'schedules'
    | 'repositories'
    | 'users'
    | 'audit'
    | 'settings'
  >
  readonly role: Account['role']
}

const PROTECT: readonly Entry[] = [
  { to: '/', icon: IconLayoutDashboard, label: 'overview', role: 'viewer' },
  { to: '/sources', icon: IconDatabase, label: 'sources', role: 'viewer' },
  { to: '/backups', icon: IconArchive, label: 'backups', role: 'viewer' },
  { to: '/restore', icon: IconRestore, label: 'restore', role: 'operator' },
  { to: '/runs', icon: IconHistory, label: 'runs', role: 'viewer' },
  { to: '/schedules', icon: IconCalendarTime, label: 'schedules', role: 'viewer' },
  { to: '/repositories', icon: IconAnchor, label: 'repositories', role: 'viewer' },
]
const ADMINISTER: readonly Entry[] = [
  { to: '/users', icon: IconUsers, label: 'users', role: 'operator' },
  { to: '/audit', icon: IconFingerprint, label: 'audit', role: 'admin' },
  { to: '/settings', icon: IconSettings, label: 'settings', role: 'viewer' },
]

/** Every page of the menu. */
export const ENTRIES: readonly Entry[] = [...PROTECT, ...ADMINISTER]

/** `onGo`: somebody went to a page, and has done with the menu. */
export function Navigation({ onGo }: { readonly onGo: () => void }) {
  const t = useMessages().app
  return (
    <>
      <AppShell.Section grow p="sm">
        <Stack gap={2}>
          {PROTECT.map(entry => (
            <NavigationEntry key={entry.label} {...entry} onGo={onGo} />
          ))}
          <Text size="xs" c="dimmed" fw={600} mt="md" mb={4} px="sm">
            {t.administer}
          </Text>
          {ADMINISTER.map(entry => (
            <NavigationEntry key={entry.label} {...entry} onGo={onGo} />
          ))}
        </Stack>
      </AppShell.Section>
      <AppShell.Section p="md">
        <Text size="xs" c="dimmed">
          {t.version(VERSION)}
        </Text>
      </AppShell.Section>
    </>
  )
}

function NavigationEntry({ to, icon: Icon, label, role, onGo }: Entry & { onGo: () => void }) {
  const t = useMessages().app
  const may = useMay(role)
  const path = useRouterState({ select: state => state.location.pathname })
  if (!may) return null
  const isActive = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
  return (
    <NavLink
      className={classes.link}
      label={t[label]}
      leftSection={<Icon size={18} stroke={1.8} aria-hidden />}
      active={isActive}
      onClick={onGo}
      aria-current={isActive ? 'page' : undefined}
      renderRoot={props => <Link to={to} {...props} />}
    />
  )
}
