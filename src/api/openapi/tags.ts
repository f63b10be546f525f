import type { Area } from '../../core/access.ts'

/** What the parts of the API are about, as the reference introduces them. */
export const TAGS: Readonly<Record<Area, string>> = {
  account: 'Who you are: logging in and out, second factor, password, sessions.',
  'api-keys': 'What programs show to be let in.',
  audit: 'Who did what, and what was refused.',
  backups: 'What lies in the repositories: look into it, compare it, keep it, take it home.',
  locks: 'Who works on what since when.',
  metrics: 'What watchers of machines collect.',
  repositories: 'Where backups go.',
  runs: 'Backups, restores and checks under way, waiting and past.',
  scheduler: 'Whether schedules fire, and which nodes there are.',
  schedules: 'When sources are backed up.',
  search:
    'Everything that has a name, in one place. A key finds only what its other scopes let it read.',
  settings: 'What holds for the whole server.',
  sources: 'The databases that are backed up.',
  users: 'Who may log in, and what they may do.',
}
