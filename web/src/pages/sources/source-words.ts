import type { SourceFacts } from '../../i18n/en/sources.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useNow } from '../../parts/now.tsx'
import type { SourceLine } from './source-need.ts'

/** What sentences about a source tell of its times. */
export function useSourceFacts({
  lastGood,
  periodSeconds,
  nextRunAt,
}: Pick<SourceLine, 'lastGood' | 'periodSeconds' | 'nextRunAt'>): SourceFacts {
  const t = useMessages().sources
  const format = useFormat()
  const now = useNow()
  return {
    made: lastGood === null ? undefined : format.ago(lastGood.at, now),
    period:
      periodSeconds === null ? undefined : t.every(periodSeconds, format.duration(periodSeconds)),
    next: nextRunAt === null ? undefined : format.ago(nextRunAt, now),
  }
}
