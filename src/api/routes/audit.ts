import { Readable } from 'node:stream'
import { verifyAudit } from '../../catalog/audit-chain.ts'
import { type AuditFilter, type AuditRecord, listAudit } from '../../catalog/audit-list.ts'
import type { Sql } from '../../catalog/db.ts'
import { type Cell, CSV, csvLine } from '../csv.ts'
import { type Route, route } from '../route.ts'
import { AuditEntry, AuditExportQuery, AuditLog, AuditProof, AuditQuery } from '../schema/audit.ts'

const NDJSON = 'application/x-ndjson'
const EXPORTS = { perCaller: 1, all: 4 }
/** So many entries at a time are read for an export. */
const EXPORT_PAGE = 1000

const COLUMNS: Readonly<Record<string, (entry: AuditRecord) => Cell>> = {
  id: entry => entry.id,
  at: entry => entry.at,
  actor: entry => entry.actor,
  action: entry => entry.action,
  object_kind: entry => entry.objectKind,
  object_id: entry => entry.objectId,
  object_name: entry => entry.objectName,
  result: entry => entry.result,
  address: entry => entry.address,
  request_id: entry => entry.requestId,
  details: entry => JSON.stringify(entry.details),
}

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

  route({
    method: 'GET',
    path: '/audit.csv',
    summary: 'The audit log as comma-separated values, newest first, with the filters of the list',
    area: 'audit',
    needs: 'admin',
    atOnce: EXPORTS,
    media: CSV,
    query: AuditExportQuery,
    answer: AuditLog,
    handle: async ({ query, signal }, { catalog }) => {
      const cells = (entry: AuditRecord) => Object.values(COLUMNS).map(of => of(entry))
      const lines = exported(catalog, query, entry => csvLine(cells(entry)), signal)
      const file = Readable.from(after(csvLine(Object.keys(COLUMNS)), lines))
      return { file, name: 'audit.csv', type: CSV }
    },
  }),

  route({
    method: 'GET',
    path: '/audit.ndjson',
    summary: 'The audit log as lines of JSON, newest first, with the filters of the list',
    area: 'audit',
    needs: 'admin',
    atOnce: EXPORTS,
    media: NDJSON,
    query: AuditExportQuery,
    answer: AuditEntry,
    handle: async ({ query, signal }, { catalog }) => {
      const line = (entry: AuditRecord) => `${JSON.stringify(AuditEntry.encode({ ...entry }))}\n`
      const file = Readable.from(exported(catalog, query, line, signal))
      return { file, name: 'audit.ndjson', type: NDJSON }
    },
  }),

  route({
    method: 'GET',
    path: '/audit/verify',
    summary: 'Whether the audit log is as it was written; names the first entry that is not',
    area: 'audit',
    needs: 'admin',
    atOnce: { perCaller: 1, all: 1 },
    answer: AuditProof,
    handle: async ({ signal }, { catalog }) => {
      const { checked, broken = null, head = null } = await verifyAudit(catalog, signal)
      return { document: { intact: broken === null, checked, broken, head } }
    },
  }),
]

async function* after(first: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

async function* exported(
  sql: Sql,
  filter: AuditFilter,
  line: (entry: AuditRecord) => string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let after: number | undefined
  while (!signal.aborted) {
    const { entries, next } = await listAudit(sql, filter, { limit: EXPORT_PAGE, after })
    if (entries.length > 0) yield entries.map(line).join('')
    if (next === undefined) return
    after = next
  }
}
