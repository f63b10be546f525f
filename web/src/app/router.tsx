import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { BASE, client, isFault } from '../data/client.ts'
import { accountQuery } from '../data/queries.ts'
import { queryClient } from '../data/query-client.ts'
import { withMessages } from '../i18n/language.tsx'
import { BrokenPage, NoSuchAddress, PageOnItsWay } from './fallbacks.tsx'
import { Notices } from './notices.tsx'
import { parseSearch, reads, writeSearch } from './search.ts'

const root = createRootRoute({ component: Root })

/** Notices stand above all pages, and may lead to one. */
function Root() {
  return (
    <>
      <Outlet />
      <Notices />
    </>
  )
}

/** Lets in whoever has logged in; the first one of all makes the first account. */
async function requireLogin({ location }: { location: { href: string } }): Promise<void> {
  try {
    await queryClient.ensureQueryData(accountQuery)
  } catch (error) {
    if (!isFault(error) || error.status !== 401) throw error
    const { needed } = await client.getSetup()
    if (needed) throw redirect({ to: '/setup' })
    throw redirect({ to: '/login', search: { back: location.href } })
  }
}

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: requireLogin,
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
})

type Module<Name extends string> = Readonly<Record<Name, () => ReactNode>>

/** A page for those who have logged in; `search` is what it reads of the address. */
const page = <const Path extends string, Name extends string, const Key extends string = never>(
  path: Path,
  load: () => Promise<Module<Name>>,
  name: Name,
  ...search: readonly Key[]
) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    validateSearch: reads(...search),
    component: lazyRouteComponent(withMessages(load), name),
  })

/** A page for everybody. */
const open = <const Path extends string, Name extends string, const Key extends string = never>(
  path: Path,
  load: () => Promise<Module<Name>>,
  name: Name,
  ...search: readonly Key[]
) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: reads(...search),
    component: lazyRouteComponent(withMessages(load), name),
  })

// These two are where people come in: they do not wait for what other pages say.
const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(
    () => import('../pages/overview/overview-page.tsx'),
    'OverviewPage',
  ),
})
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: reads('back', 'problem'),
  component: lazyRouteComponent(() => import('../pages/login/login-page.tsx'), 'LoginPage'),
})

const tree = root.addChildren([
  login,
  open('/setup', () => import('../pages/setup/setup-page.tsx'), 'SetupPage'),
  open('/invitation', () => import('../pages/setup/invitation-page.tsx'), 'InvitationPage'),
  inside.addChildren([
    overview,
    page('/welcome', () => import('../pages/welcome/welcome-page.tsx'), 'WelcomePage', 'step'),
    page(
      '/sources',
      () => import('../pages/sources/sources-page.tsx'),
      'SourcesPage',
      'text',
      'verdict',
    ),
    page('/sources/new', () => import('../pages/sources/new-source-page.tsx'), 'NewSourcePage'),
    page('/sources/$source', () => import('../pages/sources/source-page.tsx'), 'SourcePage', 'tab'),
    page(
      '/backups',
      () => import('../pages/backups/backups-page.tsx'),
      'BackupsPage',
      'text',
      'source',
      'repository',
      'state',
      'pinned',
      'since',
      'until',
    ),
    page(
      '/backups/$backup',
      () => import('../pages/backups/backup-page.tsx'),
      'BackupPage',
      'repository',
      'text',
    ),
    page(
      '/compare',
      () => import('../pages/backups/compare-page.tsx'),
      'ComparePage',
      'before',
      'beforeRepository',
      'after',
      'afterRepository',
    ),
    page(
      '/restore',
      () => import('../pages/restore/restore-page.tsx'),
      'RestorePage',
      'backup',
      'repository',
      'source',
      'label',
      'to',
      'database',
      'step',
      'run',
    ),
    page(
      '/runs',
      () => import('../pages/runs/runs-page.tsx'),
      'RunsPage',
      'state',
      'kind',
      'trigger',
      'source',
      'repository',
      'schedule',
      'since',
      'until',
      'text',
      'after',
      'before',
    ),
    page('/runs/$run', () => import('../pages/runs/run-page.tsx'), 'RunPage'),
    page(
      '/schedules',
      () => import('../pages/schedules/schedules-page.tsx'),
      'SchedulesPage',
      'view',
      'text',
      'week',
      'schedule',
    ),
    page(
      '/schedules/new',
      () => import('../pages/schedules/new-schedule-page.tsx'),
      'NewSchedulePage',
      'source',
    ),
    page(
      '/schedules/$schedule',
      () => import('../pages/schedules/schedule-page.tsx'),
      'SchedulePage',
    ),
    page(
      '/repositories',
      () => import('../pages/repositories/repositories-page.tsx'),
      'RepositoriesPage',
    ),
    page(
      '/repositories/new',
      () => import('../pages/repositories/new-repository-page.tsx'),
      'NewRepositoryPage',
      'how',
    ),
    page(
      '/repositories/$repository',
      () => import('../pages/repositories/repository-page.tsx'),
      'RepositoryPage',
      'tab',
    ),
    page('/users', () => import('../pages/users/users-page.tsx'), 'UsersPage', 'tab'),
    page(
      '/audit',
      () => import('../pages/audit/audit-page.tsx'),
      'AuditPage',
      'since',
      'until',
      'actor',
      'action',
      'result',
      'object',
    ),
    page('/settings', () => import('../pages/settings/settings-page.tsx'), 'SettingsPage'),
    page('/account', () => import('../pages/account/account-page.tsx'), 'AccountPage'),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  basepath: BASE === '' ? '/' : BASE,
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  // Pages keep what they asked for in the query client.
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: BrokenPage,
  defaultNotFoundComponent: NoSuchAddress,
  defaultPendingComponent: PageOnItsWay,
  defaultPendingMs: 400,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
