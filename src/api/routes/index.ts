import type { Route } from '../route.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { repositoryRoutes } from './repositories.ts'
import { sourceRoutes } from './sources.ts'

/** Every route of the API. */
export const ROUTES: readonly Route[] = [...sourceRoutes, ...repositoryRoutes, ...apiKeyRoutes]
