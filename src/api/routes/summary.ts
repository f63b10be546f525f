import { catalogTime } from '../../catalog/db.ts'
import { unreachableRepositories } from '../../catalog/reach.ts'
import { type Expectation, Marks, newestDays, sourceMarks } from '../../catalog/strips.ts'
import {
  mostSeconds,
  type SourceStanding,
  sourceStandings,
  VERDICTS,
} from '../../catalog/summary.ts'
import { type Route, route } from '../route.ts'
import { Summary, SummaryQuery } from '../schema/summary.ts'

export const summaryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/summary',
    summary:
      'How every source stands: its last good backup, what comes next, and its last days; and which repositories are out of reach',
    area: 'sources',
    needs: 'viewer',
    shared: true,
    query: SummaryQuery,
    answer: Summary,
    handle: async ({ query }, { catalog }) => {
      const now = await catalogTime(catalog)
      const days = newestDays(now, query.days, query.timeZone)
      const [standings, marks, unreachable] = await Promise.all([
        sourceStandings(catalog),
        sourceMarks(catalog, days),
        unreachableRepositories(catalog),
      ])
      const withStrip = (one: SourceStanding) => ({
        ...one,
        strip: (marks.get(one.id) ?? new Marks(days)).strip(expectationOf(one)),
      })
      const sources = standings.map(withStrip)
      const count = (verdict: string) => sources.filter(one => one.verdict === verdict).length
      const verdicts = Object.fromEntries(VERDICTS.map(one => [one, count(one)]))
      const about = { now, timeZone: query.timeZone, firstDay: days.first }
      return {
        document: { ...about, verdicts: verdicts as Summary['verdicts'], unreachable, sources },
      }
    },
  }),
]

function expectationOf(one: SourceStanding): Expectation | undefined {
  const { periodSeconds, scheduledSince: since, verdict } = one
  if (periodSeconds === null || since === null) return undefined
  const isOverdue = verdict === 'overdue' || verdict === 'never'
  return { mostSeconds: mostSeconds(periodSeconds), since, isOverdue }
}
