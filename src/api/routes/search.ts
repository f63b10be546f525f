import { FINDABLE, type Findable, search } from '../../catalog/search.ts'
import { type Area, type Caller, type Role, roleReaches, scopesCover } from '../../core/access.ts'
import { type Route, route } from '../route.ts'
import { Findings, SearchQuery } from '../schema/search.ts'

/** What it takes to see things of a kind, as on their own pages. */
const SEEN_BY: Readonly<Record<Findable, { readonly area: Area; readonly role: Role }>> = {
  source: { area: 'sources', role: 'viewer' },
  repository: { area: 'repositories', role: 'viewer' },
  schedule: { area: 'schedules', role: 'viewer' },
  backup: { area: 'backups', role: 'viewer' },
  run: { area: 'runs', role: 'viewer' },
  user: { area: 'users', role: 'admin' },
}

const maySee = ({ role, scopes }: Caller, kind: Findable): boolean => {
  const needed = SEEN_BY[kind]
  return roleReaches(role, needed.role) && scopesCover(scopes, needed.area, 'read')
}

export const searchRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/search',
    summary: 'Find things by name or id, and backups by what people said of them',
    area: 'search',
    needs: 'viewer',
    query: SearchQuery,
    answer: Findings,
    handle: async ({ query, caller }, { catalog }) => {
      const kinds = FINDABLE.filter(kind => maySee(caller, kind))
      return { document: { findings: await search(catalog, query.text, kinds) } }
    },
  }),
]
