import { catalogTime } from '../../catalog/db.ts'
import {
  backupStrips,
  type SourceStanding,
  type Strip,
  sourceStandings,
  VERDICTS,
} from '../../catalog/summary.ts'
import { type Route, route } from '../route.ts'
import { Summary, SummaryQuery } from '../schema/summary.ts'

const NOTHING = { good: [], bad: [] }

export const summaryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/summary',
    summary: 'How every source stands: its last good backup, what comes next, and its last days',
    area: 'sources',
    needs: 'viewer',
    shared: true,
    query: SummaryQuery,
    answer: Summary,
    handle: async ({ query }, { catalog }) => {
      const now = await catalogTime(catalog)
      const [standings, strips] = await Promise.all([
        sourceStandings(catalog),
        backupStrips(catalog, query.days),
      ])
      const ofSource = new Map(strips.map(one => [one.sourceId, one]))
      const withStrip = (one: SourceStanding) => ({
        ...one,
        strip: stripOf(ofSource.get(one.id) ?? NOTHING, query.days),
      })
      const sources = standings.map(withStrip)
      const count = (verdict: string) => sources.filter(one => one.verdict === verdict).length
      const verdicts = Object.fromEntries(VERDICTS.map(one => [one, count(one)]))
      return { document: { now, verdicts: verdicts as Summary['verdicts'], sources } }
    },
  }),
]

function stripOf({ good, bad }: Pick<Strip, 'good' | 'bad'>, length: number): string {
  const [completed, failed] = [new Set(good), new Set(bad)]
  return Array.from({ length }, (_, at) => {
    const day = length - 1 - at
    if (completed.has(day)) return failed.has(day) ? '*' : '+'
    return failed.has(day) ? '-' : '.'
  }).join('')
}
