import { IconCheck, IconPlayerPlay, IconPointFilled, IconX } from '@tabler/icons-react'
import type { Run, RunEvent } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { isOver } from '../../live/live-store.ts'
import { useSecond } from '../../parts/now.tsx'
import { RunProgress } from '../../parts/run-progress.tsx'
import { Section } from '../../parts/section.tsx'
import type { Tone } from '../../parts/state-badge.tsx'
import classes from './run.module.css'

/** The stages of each kind, in their order. */
const STAGES: Readonly<Record<Run['kind'], readonly string[]>> = {
  backup: ['preparing', 'dumping', 'finishing', 'verifying'],
  restore: ['preparing', 'loading', 'indexing', 'verifying', 'swapping'],
  verify: ['preparing', 'verifying'],
  check: ['checking'],
}

type Standing = 'done' | 'now' | 'ahead' | 'failed'
interface Step {
  readonly stage: string
  readonly standing: Standing
  /** When it began and, once it has, ended, in ms. */
  readonly began: number | undefined
  readonly ended: number | undefined
}

interface RunStagesProps {
  readonly run: Run
  readonly events: readonly RunEvent[]
}

/** How far a run is, or was when it ended, stage by stage. */
export function RunStages({ run, events }: RunStagesProps) {
  const t = useMessages().runs
  const steps = stepsOf(run, events)
  const over = isOver(run)
  // What never started has no stages to speak of.
  if (over && steps.every(step => step.began === undefined)) return null
  return (
    <Section title={over ? t.one.stages : t.one.progress}>
      {!over && <RunProgress run={run} size="lg" />}
      <ol className={classes.stages} aria-label={t.one.stages}>
        {steps.map(step => (
          <Stage key={step.stage} step={step} />
        ))}
      </ol>
    </Section>
  )
}

const LOOKS = {
  done: [IconCheck, 'good'],
  now: [IconPlayerPlay, 'busy'],
  ahead: [IconPointFilled, 'muted'],
  failed: [IconX, 'bad'],
} as const satisfies Readonly<Record<Standing, readonly [typeof IconCheck, Tone]>>

function Stage({ step: { stage, standing, began, ended } }: { readonly step: Step }) {
  const messages = useMessages()
  const t = messages.runs.one
  const [Sign, tone] = LOOKS[standing]
  const word = { done: t.stageDone, now: t.stageNow, ahead: t.stageAhead, failed: t.stageFailed }
  return (
    <li className={classes.stage} data-tone={tone} aria-current={standing === 'now' || undefined}>
      <span className={classes.sign} aria-hidden>
        <Sign size={14} stroke={2.4} />
      </span>
      <span className={classes.stageName}>{messages.states.stage[stage] ?? stage}</span>
      <span className={classes.stageFacts}>
        {word[standing]}
        {began !== undefined && (
          <>
            {' · '}
            {ended === undefined ? <Elapsed since={began} /> : <Took from={began} to={ended} />}
          </>
        )}
      </span>
    </li>
  )
}

function Took({ from, to }: { readonly from: number; readonly to: number }) {
  return useFormat().duration(Math.max(0, (to - from) / 1000))
}

function Elapsed({ since }: { readonly since: number }) {
  return useFormat().duration(Math.max(0, Math.floor((useSecond() - since) / 1000)))
}

/** The stages of the newest attempt, from its lines in the log. */
function stepsOf(run: Run, events: readonly RunEvent[]): readonly Step[] {
  const told = events.filter(event => event.attempt === run.attempt && event.kind === 'stage')
  const begins = new Map(told.map(event => [event.message, Date.parse(event.at)]))
  const usual = STAGES[run.kind]
  const names = [...usual, ...[...begins.keys()].filter(name => !usual.includes(name))]
  const current = [...begins.keys()].at(-1)
  const reached = current === undefined ? -1 : names.indexOf(current)
  const goesOn = run.state === 'running' || run.state === 'paused'
  const end = run.finishedAt === null ? undefined : Date.parse(run.finishedAt)
  const lastLine = events.findLast(event => event.attempt === run.attempt)
  const stopped = goesOn ? undefined : (end ?? (lastLine && Date.parse(lastLine.at)))
  return names.map((stage, at) => {
    const began = begins.get(stage)
    const next = names.slice(at + 1).find(name => begins.has(name))
    const ended = next === undefined ? stopped : begins.get(next)
    return { stage, began, ended: began && ended, standing: standingOf(run, at - reached) }
  })
}

/** `ahead`: by how much a stage comes after the one that was told last. */
function standingOf({ state }: Run, ahead: number): Standing {
  if (state === 'completed' || ahead < 0) return 'done'
  if (ahead > 0 || state === 'queued') return 'ahead'
  return state === 'running' || state === 'paused' ? 'now' : 'failed'
}
