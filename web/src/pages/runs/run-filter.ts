import type { Operations } from '../../../../src/client/index.ts'
import type { Search } from '../../app/search.ts'
import { BASE } from '../../data/client.ts'

type Query = NonNullable<Parameters<Operations['listRuns']>[0]>

export const FILTERS = [
  'state',
  'kind',
  'trigger',
  'source',
  'repository',
  'schedule',
  'since',
  'until',
  'text',
] as const
/** What stands in the address of the list of runs. */
export type RunSearch = Search<(typeof FILTERS)[number] | 'after' | 'before'>

const PAGE_RUNS = 50
const DAY = /^\d{4}-\d\d-\d\d$/

/** The moment at which a day begins here, or so many days after it; anything else is a moment already. */
function momentOf(text: string, days: number): string {
  if (!DAY.test(text)) return text
  const [year = 0, month = 1, day = 1] = text.split('-').map(Number)
  return new Date(year, month - 1, day + days).toISOString()
}

/** The day that a date field shows. */
export function dayOf(text: string | undefined): string {
  if (text === undefined || DAY.test(text)) return text ?? ''
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) return ''
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The filter of an address, as the API takes it: of days, the last one is meant, too. */
export function filterOf(search: RunSearch): Query {
  const given = FILTERS.filter(name => search[name]).map(name => [name, search[name]])
  const filter = Object.fromEntries(given) as Query
  return {
    ...filter,
    ...(filter.since && { since: momentOf(filter.since, 0) }),
    ...(filter.until && { until: momentOf(filter.until, 1) }),
  }
}

export const pageOf = (search: RunSearch): Query => ({
  ...filterOf(search),
  limit: PAGE_RUNS,
  ...(search.after && { after: search.after }),
  ...(search.before && { before: search.before }),
})

export const hasFilter = (search: RunSearch): boolean => FILTERS.some(name => search[name])

/** Where the same runs are to be had as a file. */
export const exportOf = (search: RunSearch): string => {
  const query = new URLSearchParams(filterOf(search) as Record<string, string>).toString()
  return `${BASE}/api/v1/runs.csv${query && `?${query}`}`
}
