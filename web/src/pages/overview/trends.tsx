import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import { statsQuery, storageQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Calendar } from '../../parts/charts/calendar.tsx'
import charts from '../../parts/charts/charts.module.css'
import { everyDay, lastDays } from '../../parts/charts/days.ts'
import { RangeControl } from '../../parts/charts/range-control.tsx'
import { Trend } from '../../parts/charts/trend.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Section } from '../../parts/section.tsx'

const YEAR = 365

/** How it went over time: success, duration, storage; and a year day by day. */
export function Trends() {
  const t = useMessages().overview.trends
  const [range, setRange] = useState<number>(90)
  const stats = useQuery(statsQuery({ kind: 'backup', days: YEAR, timeZone: ownTimeZone() }))
  const storage = useQuery(storageQuery(YEAR))
  const fault = stats.error ?? storage.error
  if (fault !== null) return <FaultAlert error={fault} />
  const year = lastDays(YEAR)
  const days = year.slice(-range)
  const runs = everyDay(days, stats.data?.days ?? [])
  const held = everyDay(days, storage.data?.days ?? [])
  const points = <T,>(
    of: readonly { day: string; told: T | undefined }[],
    value: (told: T) => number | null,
  ) => of.map(({ day, told }) => ({ day, value: told === undefined ? null : value(told) }))
  return (
    <Section
      title={t.title}
      actions={<RangeControl label={t.range} value={range} onChange={setRange} words={t.days} />}
    >
      <div className={charts.charts}>
        <Trend
          title={t.success}
          measure="share"
          empty={t.noRuns}
          points={points(runs, ({ completed, failed }) =>
            completed + failed === 0 ? null : completed / (completed + failed),
          )}
        />
        <Trend
          title={t.duration}
          measure="seconds"
          empty={t.noRuns}
          points={points(runs, ({ meanSeconds }) => meanSeconds)}
        />
        <Trend
          title={t.stored}
          measure="bytes"
          empty={t.noStorage}
          points={points(held, ({ usedBytes }) => usedBytes)}
        />
        <Trend
          title={t.dedup}
          measure="ratio"
          empty={t.noStorage}
          points={points(held, ({ dedupRatio }) => dedupRatio)}
        />
        <div className={charts.wide}>
          <Calendar
            title={t.year}
            empty={t.noRuns}
            days={everyDay(year, stats.data?.days ?? []).map(({ day, told }) => ({
              day,
              completed: told?.completed ?? 0,
              failed: told?.failed ?? 0,
            }))}
          />
        </div>
      </div>
    </Section>
  )
}
