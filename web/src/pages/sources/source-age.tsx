import { Text } from '@mantine/core'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import type { Tone } from '../../parts/state-badge.tsx'
import classes from './source.module.css'
import { lateness, type SourceLine } from './source-need.ts'

/** The meter ends here: so many periods. */
const MOST_PERIODS = 2
/** A quarter of the period is no alarm yet. */
const GRACE = 1.25

/** The age of the last good backup; below it, how much of its period that is. */
export function SourceAge({
  line,
}: {
  readonly line: Pick<SourceLine, 'lastGood' | 'periodSeconds' | 'ageSeconds'>
}) {
  const t = useMessages().sources
  const format = useFormat()
  const { lastGood, periodSeconds } = line
  return (
    <div className={classes.age}>
      <Ago time={lastGood?.at} />
      {lastGood !== null && periodSeconds !== null && <AgeMeter late={lateness(line)} />}
      <Text size="xs" c="dimmed">
        {periodSeconds === null
          ? t.noPeriod
          : t.period(t.every(periodSeconds, format.duration(periodSeconds)))}
      </Text>
    </div>
  )
}

/** The words beside it say the same. */
function AgeMeter({ late }: { readonly late: number }) {
  const tone: Tone = late <= 1 ? 'good' : late <= GRACE ? 'warn' : 'bad'
  const share = Math.min(1, late / MOST_PERIODS)
  return (
    <svg className={classes.meter} viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden>
      <rect className={classes.meterBack} width={100} height={5} />
      <rect className={classes.meterFill} data-tone={tone} width={share * 100} height={5} />
      <rect className={classes.meterPeriod} x={100 / MOST_PERIODS - 0.75} width={1.5} height={5} />
    </svg>
  )
}
