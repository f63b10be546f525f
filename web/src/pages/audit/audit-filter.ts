import type { Operations } from '../../../../src/client/index.ts'
import type { Search } from '../../app/search.ts'
import { BASE } from '../../data/client.ts'
import { beginOf } from '../backups/days.ts'

type Query = NonNullable<Parameters<Operations['listAudit']>[0]>

export const FILTERS = ['since', 'until', 'actor', 'action', 'result', 'object'] as const
/** What stands in the address of the audit log. */
export type AuditSearch = Search<(typeof FILTERS)[number]>

export const hasFilter = (search: AuditSearch): boolean => FILTERS.some(name => search[name])

/** The filter of an address, as the API takes it: of days, the last one is meant, too. */
export function filterOf(search: AuditSearch): Query {
  const given = FILTERS.filter(name => search[name]).map(name => [name, search[name]])
  const { since, until, ...rest } = Object.fromEntries(given) as Query
  const from = beginOf(since)
  const to = beginOf(until, 1)
  return { ...rest, ...(from && { since: from }), ...(to && { until: to }) }
}

/** Where the same entries are to be had as a file. */
export function exportOf(search: AuditSearch, kind: 'csv' | 'ndjson'): string {
  const query = new URLSearchParams(filterOf(search) as Record<string, string>).toString()
  return `${BASE}/api/v1/audit.${kind}${query && `?${query}`}`
}

/** What is done, by the kind of thing that it is done to; the kind alone means all of it. */
export const ACTIONS: readonly string[] = [
  'account',
  'account.login',
  'account.logout',
  'account.password',
  'api-key',
  'api-key.add',
  'api-key.remove',
  'backup',
  'backup.delete',
  'backup.download',
  'backup.edit',
  'backup.undelete',
  'backup.upload',
  'repository',
  'repository.add',
  'repository.create',
  'repository.edit',
  'repository.refresh',
  'repository.remove',
  'restore',
  'run',
  'run.cancel',
  'run.pause',
  'run.pause-all',
  'run.release',
  'run.resume',
  'run.resume-all',
  'run.retry',
  'run.start',
  'schedule',
  'schedule.add',
  'schedule.disable',
  'schedule.edit',
  'schedule.enable',
  'schedule.remove',
  'scheduler',
  'session',
  'settings',
  'source',
  'source.add',
  'source.edit',
  'source.remove',
  'two-factor',
  'two-factor.off',
  'two-factor.on',
  'user',
  'user.add',
  'user.disable',
  'user.edit',
  'user.enable',
  'user.remove',
  'user.reset-password',
]
