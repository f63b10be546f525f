import type { Messages } from '../en/index.ts'
import { account } from './account.ts'
import { app } from './app.ts'
import { audit } from './audit.ts'
import { backups } from './backups.ts'
import { charts } from './charts.ts'
import { common } from './common.ts'
import { firstSchedule } from './first-schedule.ts'
import { login } from './login.ts'
import { newRepository } from './new-repository.ts'
import { newSource } from './new-source.ts'
import { overview } from './overview.ts'
import { palette } from './palette.ts'
import { repositories } from './repositories.ts'
import { restore } from './restore.ts'
import { runs } from './runs.ts'
import { schedules } from './schedules.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { sources } from './sources.ts'
import { states } from './states.ts'
import { units } from './units.ts'
import { users } from './users.ts'
import { welcome } from './welcome.ts'

/** Everything the interface says, in Vietnamese. */
export const vi: Messages = {
  account,
  app,
  audit,
  backups,
  charts,
  common,
  login,
  newSource,
  newRepository,
  firstSchedule,
  overview,
  palette,
  repositories,
  restore,
  runs,
  schedules,
  settings,
  setup,
  sources,
  states,
  units,
  users,
  welcome,
}
