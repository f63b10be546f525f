import { NativeSelect } from '@mantine/core'
import { useMessages } from '../../i18n/language.tsx'
import { type SourceLine, VERDICTS, verdictOf } from './source-need.ts'

interface SourceFilterProps {
  readonly sources: readonly SourceLine[]
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Shows those alone that stand in one way, each with how many there are. */
export function SourceFilter({ sources, value, onChange }: SourceFilterProps) {
  const t = useMessages().sources
  const counts = VERDICTS.map(verdict => ({
    verdict,
    count: sources.filter(line => verdictOf(line) === verdict).length,
  }))
  const attention = sources.filter(line => verdictOf(line) !== 'good').length
  const known = counts.filter(({ verdict, count }) => count > 0 || verdict === value)
  return (
    <NativeSelect
      aria-label={t.filter}
      value={value}
      onChange={event => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: `${t.filters.all} (${sources.length})` },
        { value: 'attention', label: `${t.filters.attention} (${attention})` },
        ...known.map(({ verdict, count }) => ({
          value: verdict,
          label: `${t.filters[verdict]} (${count})`,
        })),
      ]}
    />
  )
}
