import { IconRotateClockwise } from '@tabler/icons-react'
import type { LiveRun, RunProgress as Told } from '../../../src/client/index.ts'
import { useFormat, useMessages } from '../i18n/language.tsx'
import { useLiveRun } from '../live/live.tsx'
import { isOver } from '../live/live-store.ts'
import { Bar } from './bar.tsx'
import { FaultLine } from './fault-text.tsx'
import { useSecond } from './now.tsx'
import classes from './run-progress.module.css'
import { secondsOf, whatOf } from './run-words.ts'
import { isHeld, RUN_LOOKS } from './state-badge.tsx'

/** What of a run is needed to say how far it is: a live one has it, and so has one that was asked for. */
export type Progressing = Pick<
  LiveRun,
  | 'kind'
  | 'state'
  | 'source'
  | 'repository'
  | 'wanted'
  | 'attempt'
  | 'committing'
  | 'failure'
  | 'queuedAt'
  | 'notBefore'
  | 'startedAt'
  | 'finishedAt'
> & { readonly progress: Told | null }
/** A run that can be told what to do. */
export type Controlled = Progressing & { readonly id: string }

interface RunProgressProps {
  readonly run: Progressing
  /** Why it waits, in words, where that is known. */
  readonly waits?: string | undefined
  readonly size?: 'sm' | 'lg'
}

/** How far a run is: its stage, a bar, bytes, rate and time left; or why it waits, and how long it still does. */
export function RunProgress({ run, waits, size = 'sm' }: RunProgressProps) {
  const { state } = run
  if (isOver(run)) return <Ended run={run} size={size} />
  if (state === 'retrying')
    return isHeld(run) ? <Waiting run={run} /> : <Retry run={run} size={size} />
  if (state === 'queued') return <Waiting run={run} waits={waits} />
  return <AtWork run={run} size={size} />
}

/** The same of a run that is known by its id, as it goes on; `otherwise` before and after. */
export function LiveRunProgress({ id, ...rest }: { readonly id: string; readonly waits?: string }) {
  const run = useLiveRun(id)
  return run === undefined ? null : <RunProgress run={run} {...rest} />
}

/** How much of a stage is done, where that is known. */
function shareOf(progress: Told | null): number | undefined {
  if (progress?.bytes === undefined || !progress.total) return undefined
  return progress.bytes / progress.total
}

interface SizedProps {
  readonly run: Progressing
  /** Where there is room, why it failed stands beside it already. */
  readonly size: 'sm' | 'lg'
}

function AtWork({ run, size }: SizedProps) {
  const messages = useMessages()
  const t = messages.runs.progress
  const format = useFormat()
  const { progress, committing } = run
  const held = isHeld(run)
  const { bytes, total, rate, secondsLeft, seconds, item, stage = '' } = progress ?? {}
  const share = shareOf(progress)
  const amount =
    bytes !== undefined && total !== undefined
      ? t.bytesOf(format.bytes(bytes), format.bytes(total))
      : bytes !== undefined && format.bytes(bytes)
  const pace = held
    ? [t.held]
    : [
        rate !== undefined && t.rate(format.bytes(rate)),
        secondsLeft !== undefined && t.left(format.duration(secondsLeft)),
        secondsLeft === undefined && seconds !== undefined && t.since(format.duration(seconds)),
      ]
  return (
    <div className={classes.stack}>
      <div className={classes.line}>
        <span className={classes.left} title={item}>
          {messages.states.stage[stage] ?? (stage || t.starting)}
          {item !== undefined && <span className={classes.item}> · {item}</span>}
        </span>
        {share !== undefined && <span className={classes.right}>{format.percent(share)}</span>}
      </div>
      <Bar
        label={t.label(whatOf(messages.runs, run))}
        share={share}
        tone={RUN_LOOKS[held ? 'paused' : 'running'].tone}
        isStill={held}
        size={size}
      />
      <div className={`${classes.line} ${classes.facts}`}>
        <span className={classes.left}>{amount || (committing && t.committing) || ' '}</span>
        <span className={classes.right}>{pace.filter(Boolean).join(' · ')}</span>
      </div>
    </div>
  )
}

function Retry({ run: { attempt, notBefore, failure }, size }: SizedProps) {
  const t = useMessages().runs.progress
  const format = useFormat()
  const left = (Date.parse(notBefore) - useSecond()) / 1000
  return (
    <div className={classes.stack} data-tone="warn">
      <div className={classes.line}>
        <span className={classes.sign}>
          <IconRotateClockwise size={14} aria-hidden />
          {left > 0
            ? t.nextAttempt(attempt + 1, format.duration(Math.ceil(left)))
            : t.nextAttemptNow(attempt + 1)}
        </span>
      </div>
      {failure && size === 'sm' && (
        <span className={classes.fault}>
          <FaultLine error={failure} />
        </span>
      )}
    </div>
  )
}

interface WaitingProps {
  readonly run: Progressing
  readonly waits?: string | undefined
}

function Waiting({ run, waits }: WaitingProps) {
  const t = useMessages().runs
  const format = useFormat()
  const seconds = Math.max(0, (useSecond() - Date.parse(run.queuedAt)) / 1000)
  return (
    <div className={`${classes.line} ${classes.facts}`}>
      <span>{isHeld(run) ? t.waits.paused : waits}</span>
      <span className={classes.right}>
        {t.progress.queuedSince(format.duration(Math.floor(seconds)))}
      </span>
    </div>
  )
}

function Ended({ run, size }: SizedProps) {
  const messages = useMessages()
  const t = messages.runs.progress
  const format = useFormat()
  const seconds = secondsOf(run, 0)
  return (
    <div className={classes.stack}>
      {run.state === 'completed' && (
        <Bar label={t.label(whatOf(messages.runs, run))} share={1} tone="good" size={size} />
      )}
      {run.failure && run.state !== 'completed' && (
        <span className={classes.fault}>
          <FaultLine error={run.failure} />
        </span>
      )}
      {seconds !== undefined && (
        <div className={`${classes.line} ${classes.facts}`}>{t.took(format.duration(seconds))}</div>
      )}
    </div>
  )
}
