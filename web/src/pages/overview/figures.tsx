import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo } from 'react'
import type { Stats } from '../../../../src/client/index.ts'
import { repositoriesQuery, schedulerQuery, statsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useNow } from '../../parts/now.tsx'
import classes from './overview.module.css'

const DAYS = 30

/** What one asks for every morning, as numbers. */
export function Figures() {
  const t = useMessages().overview.figures
  return (
    <dl className={classes.figures} aria-label={t.label}>
      <Today />
      <Success />
      <Kept />
      <Next />
    </dl>
  )
}

interface FigureProps {
  readonly name: string
  readonly children: ReactNode
  readonly aside: ReactNode
}

const Figure = ({ name, children, aside }: FigureProps) => (
  <div className={classes.figure}>
    <dt>{name}</dt>
    <dd className={classes.number}>{children}</dd>
    <dd className={classes.aside}>{aside}</dd>
  </div>
)

const midnight = (now: number): string => new Date(new Date(now).setHours(0, 0, 0, 0)).toISOString()

function Today() {
  const t = useMessages().overview.figures
  const format = useFormat()
  const since = midnight(useNow())
  const { data } = useQuery(statsQuery({ since, days: 1 }))
  const failed = data?.byState.failed ?? 0
  return (
    <Figure name={t.today} aside={data && t.todayFailed(failed)}>
      {data && format.number(data.total)}
    </Figure>
  )
}

/** Of the backups of the last days that came to an end. */
function Success() {
  const t = useMessages().overview.figures
  const format = useFormat()
  const now = useNow()
  const since = useMemo(
    () => midnight(new Date(now).setHours(-24 * (DAYS - 1), 0, 0, 0)),
    // A day begins once a day.
    [now],
  )
  const { data } = useQuery(statsQuery({ since, days: 1, kind: 'backup' }))
  return (
    <Figure name={t.success(DAYS)} aside={data && <Ended stats={data} />}>
      {data && (data.successRate === null ? t.none : format.percent(data.successRate, 1))}
    </Figure>
  )
}

function Ended({ stats: { byState } }: { readonly stats: Stats }) {
  const t = useMessages().overview.figures
  const format = useFormat()
  const completed = byState.completed ?? 0
  const all = completed + (byState.failed ?? 0)
  return t.ofRuns(format.number(completed), format.number(all))
}

function Kept() {
  const t = useMessages().overview.figures
  const format = useFormat()
  const { data } = useQuery(repositoriesQuery)
  const all = data?.repositories ?? []
  const sum = (of: (one: (typeof all)[number]) => number) =>
    all.reduce((total, one) => total + of(one), 0)
  const used = sum(one => one.usedBytes ?? one.storedBytes)
  return (
    <Figure
      name={t.kept}
      aside={data && t.keptIn(format.number(sum(({ backups }) => backups)), format.bytes(used))}
    >
      {data && format.bytes(sum(({ dumpBytes }) => dumpBytes))}
    </Figure>
  )
}

function Next() {
  const t = useMessages().overview.figures
  const format = useFormat()
  const now = useNow()
  const { data } = useQuery(schedulerQuery)
  const next = data?.next
  return (
    <Figure
      name={t.next}
      aside={next ? `${next.source} · ${format.shortTime(next.at)}` : data && t.noNext}
    >
      {data && (next ? format.ago(next.at, now) : t.none)}
    </Figure>
  )
}
