import { catalogTime } from '../../catalog/db.ts'
import {
  backupStrips,
  type SourceStanding,
  type StripDay,
  sourceStandings,
  VERDICTS,
} from '../../catalog/summary.ts'
import { type Route, route } from '../route.ts'
import { Summary, SummaryQuery } from '../schema/summary.ts'

const DAY_MS = 86_400_000

export const summaryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/summary',
    summary: 'How every source stands: its last good backup, what comes next, and its last days',
    area: 'sources',
    needs: 'viewer',
    query: SummaryQuery,
    answer: Summary,
    handle: async ({ query }, { catalog }) => {
      const now = await catalogTime(catalog)
      const [standings, days] = await Promise.all([
        sourceStandings(catalog),
        backupStrips(catalog, query.days),
      ])
      const ofSource = Map.groupBy(days, day => day.sourceId)
      const withStrip = (one: SourceStanding) => ({
        ...one,
        strip: stripOf(ofSource.get(one.id) ?? [], now, query.days),
      })
      const sources = standings.map(withStrip)
      const count = (verdict: string) => sources.filter(one => one.verdict === verdict).length
      const verdicts = Object.fromEntries(VERDICTS.map(one => [one, count(one)]))
      return { document: { now, verdicts: verdicts as Summary['verdicts'], sources } }
    },
  }),
]

function stripOf(days: readonly StripDay[], now: Date, length: number): string {
  const known = new Map(days.map(day => [day.day, day]))
  const first = now.getTime() - (length - 1) * DAY_MS
  return Array.from({ length }, (_, at) => {
    const { completed = 0, failed = 0 } =
      known.get(new Date(first + at * DAY_MS).toISOString().slice(0, 10)) ?? {}
    if (completed > 0) return failed > 0 ? '*' : '+'
    return failed > 0 ? '-' : '.'
  }).join('')
}
