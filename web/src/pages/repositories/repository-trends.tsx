import { VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { StorageHistory } from '../../../../src/client/index.ts'
import { repositoryHistoryQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import charts from '../../parts/charts/charts.module.css'
import { DayBars } from '../../parts/charts/day-bars.tsx'
import { everyDay, lastDays } from '../../parts/charts/days.ts'
import { RangeControl } from '../../parts/charts/range-control.tsx'
import { Trend } from '../../parts/charts/trend.tsx'

type Told = StorageHistory['days'][number]

/** What a repository took on its storage over time, and what it saved. */
export function RepositoryTrends({ repository }: { readonly repository: string }) {
  const { tabs, trends: t } = useMessages().repositories
  const [range, setRange] = useState<number>(30)
  const history = useQuery(repositoryHistoryQuery(repository, 365))
  return (
    <Answer query={history} lines={12}>
      {data => (
        <div className={charts.charts}>
          <VisuallyHidden component="h2">{tabs.storage}</VisuallyHidden>
          <div className={charts.wide}>
            <RangeControl label={t.range} value={range} onChange={setRange} words={t.days} />
          </div>
          <Charts told={data.days} range={range} />
        </div>
      )}
    </Answer>
  )
}

function Charts({ told, range }: { readonly told: readonly Told[]; readonly range: number }) {
  const t = useMessages().repositories.trends
  const days = everyDay(lastDays(range), told)
  const points = (value: (day: Told) => number | null) =>
    days.map(({ day, told: one }) => ({ day, value: one === undefined ? null : value(one) }))
  return (
    <>
      <Trend
        title={t.used}
        measure="bytes"
        empty={t.unmeasured}
        points={points(({ usedBytes }) => usedBytes)}
      />
      <Trend
        title={t.ratio}
        measure="ratio"
        empty={t.unmeasured}
        points={points(({ dedupRatio }) => dedupRatio)}
      />
      <DayBars
        title={t.added}
        measure="bytes"
        names={{ value: t.added }}
        empty={t.nothing}
        bars={days.map(({ day, told: one }) => ({ day, value: one?.storedBytes ?? 0 }))}
      />
      <Trend
        title={t.backups}
        measure="count"
        empty={t.unmeasured}
        points={points(({ backups }) => backups)}
      />
    </>
  )
}
