import { AppShell, Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Outlet } from '@tanstack/react-router'
import { useMessages } from '../i18n/language.tsx'
import { LiveProvider } from '../live/live.tsx'
import { ActivePanel } from '../pages/runs/active-panel.tsx'
import { Banners } from './banners.tsx'
import { Brand } from './brand.tsx'
import { HeaderTools } from './header-tools.tsx'
import { Navigation } from './navigation.tsx'
import { ProofProvider } from './proof.tsx'
import { useAccount } from './session.tsx'
import { SessionOver } from './session-over.tsx'
import classes from './shell.module.css'

/** What stands around every page of those who have logged in. */
export function Shell() {
  const t = useMessages().app
  const account = useAccount()
  const [isMenuOpen, menu] = useDisclosure()
  const [isActiveOpen, active] = useDisclosure()
  return (
    <LiveProvider session={account.session?.id ?? account.actor}>
      <ProofProvider>
        <a className="skip" href="#content">
          {t.skip}
        </a>
        <AppShell
          header={{ height: 56 }}
          navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
          padding={{ base: 'md', md: 'xl' }}
        >
          <AppShell.Header className={classes.header}>
            <Group h="100%" px="md" justify="space-between" wrap="nowrap">
              <Group gap="sm" wrap="nowrap">
                <Burger
                  opened={isMenuOpen}
                  onClick={menu.toggle}
                  hiddenFrom="sm"
                  size="sm"
                  aria-label={t.openMenu}
                />
                <Brand />
              </Group>
              <HeaderTools onActive={active.open} />
            </Group>
          </AppShell.Header>
          <AppShell.Navbar className={classes.navbar} aria-label={t.menu}>
            <Navigation onGo={menu.close} />
          </AppShell.Navbar>
          <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
            <div className={classes.content}>
              <Banners />
              <Outlet />
            </div>
          </AppShell.Main>
        </AppShell>
        <ActivePanel isOpen={isActiveOpen} onClose={active.close} />
        <SessionOver />
      </ProofProvider>
    </LiveProvider>
  )
}
