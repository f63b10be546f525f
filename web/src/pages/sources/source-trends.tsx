import { VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Stats } from '../../../../src/client/index.ts'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import { statsQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Calendar } from '../../parts/charts/calendar.tsx'
import charts from '../../parts/charts/charts.module.css'
import { DayBars } from '../../parts/charts/day-bars.tsx'
import { everyDay, lastDays } from '../../parts/charts/days.ts'
import { RangeControl } from '../../parts/charts/range-control.tsx'
import { Trend } from '../../parts/charts/trend.tsx'

const YEAR = 365
type StatsDay = Stats['days'][number]

/** How the backups of a source went over time. */
export function SourceTrends({ source }: { readonly source: string }) {
  const stats = useQuery(
    statsQuery({ source, kind: 'backup', days: YEAR, timeZone: ownTimeZone() }),
  )
  return <Answer query={stats}>{data => <Charts told={data.days} />}</Answer>
}

function Charts({ told }: { readonly told: readonly StatsDay[] }) {
  const { tabs, trends: t } = useMessages().sources
  const [range, setRange] = useState<number>(30)
  const year = everyDay(lastDays(YEAR), told)
  const days = year.slice(-range)
  const points = (value: (day: StatsDay) => number | null) =>
    days.map(({ day, told: one }) => ({ day, value: one === undefined ? null : value(one) }))
  const mean = (bytes: number, { completed }: StatsDay) =>
    completed === 0 ? null : bytes / completed
  return (
    <div className={charts.charts}>
      <div className={charts.wide}>
        <VisuallyHidden>
          <h2>{tabs.trends}</h2>
        </VisuallyHidden>
        <RangeControl label={t.range} value={range} onChange={setRange} words={t.days} />
      </div>
      <DayBars
        title={t.runs}
        measure="count"
        names={{ value: t.completed, bad: t.failed }}
        empty={t.empty}
        bars={days.map(({ day, told: one }) => ({
          day,
          value: one?.completed ?? 0,
          bad: one?.failed ?? 0,
        }))}
      />
      <Trend
        title={t.duration}
        measure="seconds"
        empty={t.empty}
        points={points(({ meanSeconds }) => meanSeconds)}
      />
      <Trend
        title={t.dump}
        measure="bytes"
        empty={t.empty}
        points={points(one => mean(one.dumpedBytes, one))}
      />
      <DayBars
        title={t.stored}
        measure="bytes"
        names={{ value: t.storedName }}
        empty={t.empty}
        bars={days.map(({ day, told: one }) => ({ day, value: one?.storedBytes ?? 0 }))}
      />
      <div className={charts.wide}>
        <Calendar
          title={t.year}
          empty={t.empty}
          days={year.map(({ day, told: one }) => ({
            day,
            completed: one?.completed ?? 0,
            failed: one?.failed ?? 0,
          }))}
        />
      </div>
    </div>
  )
}
