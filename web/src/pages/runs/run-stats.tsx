import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { statsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { filterOf, type RunSearch } from './run-filter.ts'
import classes from './runs.module.css'

/** The runs of a filter in numbers. */
export function RunStats({ search }: { readonly search: RunSearch }) {
  const t = useMessages().runs.stats
  const format = useFormat()
  const { text: _, ...filter } = filterOf(search)
  const { data: stats, isPlaceholderData } = useQuery(statsQuery({ ...filter, days: 1 }))
  // Its place is kept, so that nothing below it jumps.
  if (stats === undefined) return <div className={classes.stats} aria-busy />
  const { total, byState, successRate, meanSeconds } = stats
  const numbers = [
    t.total(total, format.number(total)),
    t.completed(format.number(byState.completed ?? 0)),
    t.failed(format.number(byState.failed ?? 0)),
    ...(successRate === null ? [] : [t.rate(format.percent(successRate, 1))]),
    ...(meanSeconds === null ? [] : [t.mean(format.duration(meanSeconds))]),
  ]
  return (
    <ul className={classes.stats} aria-label={t.label} data-old={isPlaceholderData || undefined}>
      {numbers.map(number => (
        <Text key={number} component="li" size="sm" c="dimmed">
          {number}
        </Text>
      ))}
    </ul>
  )
}
