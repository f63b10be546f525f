import { unreachableRepositories } from '../../catalog/reach.ts'
import { newestDays } from '../../catalog/strips.ts'
import { type SourceStanding, VERDICTS } from '../../catalog/summary.ts'
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
    handle: async ({ query }, { catalog, memory }) => {
      const now = await memory.upToDate()
      const days = newestDays(now, query.days, query.timeZone)
      const [standings, unreachable] = await Promise.all([
        memory.standings(),
        unreachableRepositories(catalog),
      ])
      const strips = await memory.strips(days, query.timeZone, standings)
      const withStrip = (one: SourceStanding) => ({ ...one, strip: strips.get(one.id) ?? '' })
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
