import type { Route } from '../route.ts'
import { accountRoutes } from './account.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { auditRoutes } from './audit.ts'
import { backupCareRoutes } from './backup-care.ts'
import { backupRoutes } from './backups.ts'
import { downloadRoutes } from './downloads.ts'
import { lockRoutes } from './locks.ts'
import { oidcRoutes } from './oidc.ts'
import { repositoryRoutes } from './repositories.ts'
import { repositoryDetailRoutes } from './repository-details.ts'
import { restoreRoutes } from './restores.ts'
import { runListRoutes } from './run-lists.ts'
import { runRoutes } from './runs.ts'
import { scheduleCalendarRoutes } from './schedule-calendar.ts'
import { schedulerRoutes } from './scheduler.ts'
import { scheduleRoutes } from './schedules.ts'
import { searchRoutes } from './search.ts'
import { sessionRoutes } from './sessions.ts'
import { settingsRoutes } from './settings.ts'
import { setupRoutes } from './setup.ts'
import { sourceRoutes } from './sources.ts'
import { summaryRoutes } from './summary.ts'
import { twoFactorRoutes } from './two-factor.ts'
import { uploadRoutes } from './uploads.ts'
import { userRoutes } from './users.ts'

/** Every route of the API. */
export const ROUTES: readonly Route[] = [
  ...summaryRoutes,
  ...searchRoutes,
  ...sourceRoutes,
  ...repositoryRoutes,
  ...repositoryDetailRoutes,
  ...scheduleCalendarRoutes,
  ...scheduleRoutes,
  ...runListRoutes,
  ...runRoutes,
  ...restoreRoutes,
  ...backupRoutes,
  ...backupCareRoutes,
  ...downloadRoutes,
  ...uploadRoutes,
  ...lockRoutes,
  ...schedulerRoutes,
  ...settingsRoutes,
  ...setupRoutes,
  ...accountRoutes,
  ...oidcRoutes,
  ...sessionRoutes,
  ...twoFactorRoutes,
  ...userRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
]
