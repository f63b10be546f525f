import type { Messages } from '../messages.ts'
import { account } from './account.ts'
import { audit } from './audit.ts'
import { backups } from './backups.ts'
import { firstSchedule } from './first-schedule.ts'
import { newRepository } from './new-repository.ts'
import { newSource } from './new-source.ts'
import { palette } from './palette.ts'
import { repositories } from './repositories.ts'
import { restore } from './restore.ts'
import { schedules } from './schedules.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { users } from './users.ts'
import { welcome } from './welcome.ts'

/** What the other pages say: it comes with the first of them, in Vietnamese; each page has a file of its own. */
export const rest: Pick<
  Messages,
  | 'account'
  | 'audit'
  | 'backups'
  | 'firstSchedule'
  | 'newRepository'
  | 'newSource'
  | 'palette'
  | 'repositories'
  | 'restore'
  | 'schedules'
  | 'settings'
  | 'setup'
  | 'users'
  | 'welcome'
> = {
  account,
  audit,
  backups,
  firstSchedule,
  newRepository,
  newSource,
  palette,
  repositories,
  restore,
  schedules,
  settings,
  setup,
  users,
  welcome,
}
