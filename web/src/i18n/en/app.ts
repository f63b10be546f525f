import { plural } from '../plural.ts'

/** The frame around every page. */
export const app = {
  title: (page: string) => `${page} · Holdfast`,
  skip: 'Skip to the content',
  menu: 'Menu',
  openMenu: 'Open the menu',
  overview: 'Overview',
  sources: 'Sources',
  backups: 'Backups',
  restore: 'Restore',
  runs: 'Runs',
  schedules: 'Schedules',
  repositories: 'Repositories',
  users: 'Users and keys',
  audit: 'Audit log',
  settings: 'Settings',
  account: 'Your account',
  protect: 'Protect',
  administer: 'Administer',
  logOut: 'Log out',
  theme: { label: 'Appearance', light: 'Light', dark: 'Dark', auto: 'As the system' },
  language: 'Language',
  reference: 'API reference',
  version: (version: string) => `Holdfast ${version}`,
  searchHint: 'Search or jump to …',
  active: (count: number) =>
    count === 0
      ? 'Nothing is running'
      : plural(count, { one: '1 active run', other: `${count} active runs` }),
  lost: 'The connection to the server is lost. What you see may be old; trying again …',
  back: 'Connected again',
  pausedAll: 'Everything is paused: nothing new is started.',
  schedulerStopped: 'The scheduler is stopped: no schedule fires.',
  sessionOver: 'Your session has ended',
  sessionOverText: 'Log in again to go on where you were. Nothing on this page is lost.',
  proofTitle: 'Is it still you?',
  proofText: 'What you are about to do reaches far, so please prove that you sit here.',
  password: 'Password',
  code: 'Code of your authenticator, or a recovery code',
  confirm: 'Confirm',
  oidcProof: 'Log in anew with your provider to prove it',
}
