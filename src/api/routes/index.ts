import type { Route } from '../route.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { auditRoutes } from './audit.ts'
import { backupRoutes } from './backups.ts'
import { lockRoutes } from './locks.ts'
import { repositoryRoutes } from './repositories.ts'
import { runListRoutes } from './run-lists.ts'
import { runRoutes } from './runs.ts'
import { schedulerRoutes } from './scheduler.ts'
import { scheduleRoutes } from './schedules.ts'
import { sourceRoutes } from './sources.ts'
import { summaryRoutes } from './summary.ts'

/** Every route of the API. */
export const ROUTES: readonly Route[] = [
  ...summaryRoutes,
  ...sourceRoutes,
  ...repositoryRoutes,
  ...scheduleRoutes,
  ...runListRoutes,
  ...runRoutes,
  ...backupRoutes,
  ...lockRoutes,
  ...schedulerRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
]
