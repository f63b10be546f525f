import { useMessages } from '../../i18n/language.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import { type SourceLine, VERDICT_LOOKS, verdictOf } from './source-need.ts'

/** How a source stands, as a sign, a word and a colour. */
export function VerdictBadge({
  line,
}: {
  readonly line: Pick<SourceLine, 'verdict' | 'lastGood'>
}) {
  const t = useMessages().sources
  const verdict = verdictOf(line)
  return <ToneBadge {...VERDICT_LOOKS[verdict]}>{t.verdict[verdict]}</ToneBadge>
}
