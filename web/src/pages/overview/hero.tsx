import { Anchor, Button, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCalendarOff,
  IconPlayerPause,
  type IconProps,
  IconRosetteDiscountCheck,
  IconShieldCheck,
  IconShieldExclamation,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ComponentType, Suspense } from 'react'
import type { Summary } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useFormat, useMessages, withMessages } from '../../i18n/language.tsx'
import { useStanding } from '../../live/live.tsx'
import { useAct } from '../../parts/act.tsx'
import { useNow } from '../../parts/now.tsx'
import { part } from '../../parts/part.ts'
import type { Tone } from '../../parts/state-badge.tsx'
import { RunLine, useRunsBySource } from '../sources/source-live.tsx'
import { VERDICT_LOOKS } from '../sources/source-need.ts'
import { BackUpNow, ProveLatest } from '../sources/source-start.tsx'
import { useSourceFacts } from '../sources/source-words.ts'
import { NeedLine } from './need-line.tsx'
import classes from './overview.module.css'
import { type Halt, type NeedyLine, type Outlook, outlookOf } from './verdict.ts'

/** So many of those that need attention are named with what mends them. */
const MOST_NAMED = 4

const SIGNS: Partial<Record<Tone, ComponentType<IconProps>>> = {
  good: IconShieldCheck,
  warn: IconShieldExclamation,
  bad: IconAlertTriangle,
}

const outOfReach = withMessages(() => import('./out-of-reach.tsx'))
const OutOfReachSentence = part(outOfReach, 'OutOfReachSentence')
const OutOfReachLines = part(outOfReach, 'OutOfReachLines')

/** One sentence that says whether everything could be recovered; below it why not, and what mends it. */
export function Hero({ summary }: { readonly summary: Summary }) {
  const t = useMessages().overview
  const { paused, scheduler } = useStanding()
  const outlook = outlookOf({ summary, isPaused: paused, isStopped: scheduler === 'stopped' })
  const Sign = SIGNS[outlook.tone] ?? IconShieldCheck
  const { halts, needy, unproven } = outlook
  const { unreachable } = summary
  const isReached = unreachable.length === 0
  const sources = t.sentence(needy.length, outlook.total, halts)
  const more = needy.length - MOST_NAMED
  return (
    <section className={classes.hero} data-tone={outlook.tone} aria-label={t.verdict}>
      <div className={classes.sentence}>
        <Sign size={44} stroke={1.7} className={classes.sign} aria-hidden />
        <div aria-live="polite">
          <Title order={2} className={classes.words}>
            {isReached ? (
              sources
            ) : (
              <Suspense fallback={sources}>
                <OutOfReachSentence
                  count={unreachable.length}
                  sources={sources}
                  isAnyNeedy={needy.length > 0}
                />
              </Suspense>
            )}
          </Title>
          <Text className={classes.below}>
            <Below summary={summary} outlook={outlook} />
          </Text>
        </div>
      </div>
      {(!isReached || halts.length > 0 || needy.length > 0 || unproven.length > 0) && (
        <ul className={classes.needs} aria-label={t.needs}>
          {!isReached && (
            <Suspense>
              <OutOfReachLines unreachable={unreachable.slice(0, MOST_NAMED)} />
            </Suspense>
          )}
          {halts.map(halt => (
            <HaltLine key={halt} halt={halt} />
          ))}
          {needy.slice(0, MOST_NAMED).map((one, at) => (
            <SourceNeed key={one.line.id} {...one} isFirst={at === 0 && halts.length === 0} />
          ))}
          {more > 0 && (
            <li className={classes.need}>
              <Anchor
                inherit
                renderRoot={props => (
                  <Link to="/sources" search={{ verdict: 'attention' }} {...props} />
                )}
              >
                {t.moreNeedy(more)}
              </Anchor>
            </li>
          )}
          {unproven.length > 0 && <Unproven {...outlook} />}
        </ul>
      )}
    </section>
  )
}

/** What was backed up last, and what comes next. */
function Below({ summary, outlook }: { readonly summary: Summary; readonly outlook: Outlook }) {
  const t = useMessages().overview
  const format = useFormat()
  const now = useNow()
  const last = newest(summary.sources.map(({ lastGood }) => lastGood?.at))
  const next = soonest(summary.sources.map(({ nextRunAt }) => nextRunAt))
  return t.below(
    last && format.ago(last, now),
    outlook.halts.length === 0 && next ? format.ago(next, now) : undefined,
  )
}

const newest = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter(time => time !== undefined)
    .sort()
    .at(-1)
const soonest = (times: readonly (string | null)[]): string | undefined =>
  times.filter(time => time !== null).sort()[0]

function HaltLine({ halt }: { readonly halt: Halt }) {
  const t = useMessages().overview
  const isPaused = halt === 'paused'
  const act = useAct(async () =>
    isPaused ? await client.resumeAll() : await client.startScheduler(),
  )
  return (
    <NeedLine
      icon={isPaused ? IconPlayerPause : IconCalendarOff}
      tone="warn"
      actions={
        <OnlyFor role="operator">
          <Button size="xs" loading={act.isPending} onClick={() => act.mutate()}>
            {t.mendHalt[halt]}
          </Button>
        </OnlyFor>
      }
    >
      {t.halt[halt]}
    </NeedLine>
  )
}

function SourceNeed({ line, need, isFirst }: NeedyLine & { readonly isFirst: boolean }) {
  const t = useMessages().overview
  const run = useRunsBySource().get(line.id)
  const { id, name, lastRun } = line
  const facts = useSourceFacts(line)
  const failed = lastRun?.kind === 'backup' && lastRun.state === 'failed' ? lastRun : undefined
  return (
    <NeedLine
      {...VERDICT_LOOKS[need]}
      actions={
        <>
          {failed && run === undefined && (
            <Button
              size="xs"
              variant="subtle"
              aria-label={t.failedRunOf(name)}
              renderRoot={props => <Link to="/runs/$run" params={{ run: failed.id }} {...props} />}
            >
              {t.failedRun}
            </Button>
          )}
          {need === 'unscheduled' && (
            <OnlyFor role="admin">
              <Button
                size="xs"
                variant={isFirst ? 'filled' : 'default'}
                aria-label={t.addScheduleTo(name)}
                renderRoot={props => (
                  <Link to="/schedules/new" search={{ source: id }} {...props} />
                )}
              >
                {t.addSchedule}
              </Button>
            </OnlyFor>
          )}
          {run?.kind === 'backup' && <RunLine run={run.id} />}
          {need !== 'unscheduled' && run === undefined && (
            <BackUpNow source={line} variant={isFirst ? 'filled' : 'default'} />
          )}
        </>
      }
    >
      <Anchor
        inherit
        fw={600}
        className={classes.needName}
        renderRoot={props => <Link to="/sources/$source" params={{ source: id }} {...props} />}
      >
        {name}
      </Anchor>{' '}
      {t.need[need](facts)}
    </NeedLine>
  )
}

function Unproven({ unproven, total }: Pick<Outlook, 'unproven' | 'total'>) {
  const t = useMessages().overview
  const [longest] = unproven
  const runs = useRunsBySource()
  if (longest === undefined) return null
  const run = runs.get(longest.id)
  return (
    <NeedLine
      icon={IconRosetteDiscountCheck}
      tone="muted"
      actions={
        <>
          {run === undefined && <ProveLatest source={longest} />}
          {run?.kind === 'verify' && <RunLine run={run.id} />}
        </>
      }
    >
      {t.unproven(unproven.length, total, longest.name)}
    </NeedLine>
  )
}
