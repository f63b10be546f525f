import type { Route } from '../route.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { auditRoutes } from './audit.ts'
import { lockRoutes } from './locks.ts'
import { repositoryRoutes } from './repositories.ts'
import { runRoutes } from './runs.ts'
import { schedulerRoutes } from './scheduler.ts'
import { scheduleRoutes } from './schedules.ts'
import { sourceRoutes } from './sources.ts'

/** Every route of the API. */
export const ROUTES: readonly Route[] = [
  ...sourceRoutes,
  ...repositoryRoutes,
  ...scheduleRoutes,
  ...runRoutes,
  ...lockRoutes,
  ...schedulerRoutes,
  ...apiKeyRoutes,
  ...auditRoutes,
]
