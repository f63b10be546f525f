import { listAudit } from '../../catalog/audit.ts'
import { type Route, route } from '../route.ts'
import { AuditLog, AuditQuery } from '../schema/audit.ts'

export const auditRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/audit',
    summary: 'Who did what, and what was refused, newest first',
    area: 'audit',
    needs: 'admin',
    query: AuditQuery,
    answer: AuditLog,
    handle: async ({ query: { limit, after, ...filter } }, { catalog }) => {
      const { entries, next = null } = await listAudit(catalog, filter, { limit, after })
      return { document: { entries, next } }
    },
  }),
]
