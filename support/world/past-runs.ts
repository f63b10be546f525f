import { randomBytes, randomUUID } from 'node:crypto'
import type { Manifest } from '../../src/core/backup.ts'
import { DatabaseRefused, DatabaseUnreachable, ToolFailed } from '../../src/core/faults.ts'
import { asFailure, type Failure } from '../../src/core/run.ts'
import type { PastBackup } from './past-backups.ts'
import { DAY_MS, type SampleSource, slotsOf } from './sources.ts'

/** Of so many days runs are told. */
export const DAYS = 60

/** A run that is told of, as the catalog has it; times in milliseconds. */
export interface PastRun {
  readonly id: string
  readonly kind: 'backup' | 'verify' | 'restore' | 'check'
  readonly state: 'completed' | 'failed' | 'skipped' | 'cancelled'
  readonly source: string | null
  readonly trigger: 'manual' | 'schedule' | 'catch-up'
  readonly by: string
  readonly slot: Date | null
  readonly missed: readonly Date[]
  readonly queued: Date
  readonly started: Date | null
  readonly finished: Date
  readonly attempt: number
  readonly failure: Failure | null
  readonly result: Readonly<Record<string, unknown>> | null
  readonly request: Readonly<Record<string, unknown>>
  readonly backup: string | null
}

/** What the runs of one source are made from. */
export interface PastSource {
  readonly source: SampleSource
  /** What its backups are called: `shop@127.0.0.1:5432`. */
  readonly label: string
  readonly backups: readonly PastBackup[]
  readonly now: Date
  /** Who did what is told to have been done by hand. */
  readonly by: string
}

/** On these days before now the server was off from 01:00 to 08:30 (UTC). */
const OFF_DAYS = new Set([11, 34])
const OFF = { from: 1 * 3_600_000, until: 8.5 * 3_600_000 }

/** The runs of one source, oldest first: most went well, and each thing that may happen has happened. */
export function pastRuns(past: PastSource): PastRun[] {
  const { source, now, backups } = past
  const from = new Date(now.getTime() - DAYS * DAY_MS)
  const until = new Date(now.getTime() - source.everyMs / 60)
  const chance = chances(source.name)
  const real = new Map(backups.map(one => [one.manifest.startedAt, one]))
  const runs: PastRun[] = []
  let missed: Date[] = []
  for (const slot of slotsOf(source, from, until)) {
    const made = [...real].find(([at]) => Math.abs(Date.parse(at) - slot.getTime()) < 60_000)?.[1]
    if (made === undefined && isOff(slot, now)) {
      missed.push(slot)
      continue
    }
    if (missed.length > 0) runs.push(caughtUp(past, missed, chance))
    missed = []
    runs.push(made === undefined ? invented(past, slot, chance) : realRun(past, slot, made))
  }
  return [...runs, ...proofs(past, chance)]
}

const isOff = (slot: Date, now: Date): boolean => {
  const midnight = slot.getTime() - (slot.getTime() % DAY_MS)
  const daysAgo = Math.floor(now.getTime() / DAY_MS) - midnight / DAY_MS
  const time = slot.getTime() - midnight
  return OFF_DAYS.has(daysAgo) && time >= OFF.from && time < OFF.until
}

/** The run of a backup that is there. */
function realRun(past: PastSource, slot: Date, { run, manifest }: PastBackup): PastRun {
  const plain = completed(past, slot, () => 0.5)
  const bytes = manifest.streams.find(one => one.name === 'dump')?.bytes ?? 0
  const started = new Date(manifest.startedAt)
  const result = {
    ...plain.result,
    backup: manifest.id,
    bytes,
    storedBytes: manifest.stored.bytes,
    ...manifest.summary,
  }
  return {
    ...plain,
    id: run,
    queued: slot < started ? slot : started,
    started,
    backup: manifest.id,
    result,
  }
}

function invented(past: PastSource, slot: Date, chance: () => number): PastRun {
  const { source, now } = past
  if (source.isLockedOut && slot.getTime() > now.getTime() - source.newestMs) {
    return failed(past, slot, lockedOut(past))
  }
  const rare = chance()
  const few = source.everyMs < DAY_MS ? 0.006 : 0.03
  if (rare < few) return failed(past, slot, rare < few / 3 ? cut() : away(past))
  if (rare < few * 3) {
    return { ...completed(past, slot, chance), attempt: 2, failure: away(past) }
  }
  if (rare < few * 3.6) return skipped(past, slot)
  if (rare < few * 4) {
    const run = completed(past, slot, chance)
    const byHand = { trigger: 'manual', by: past.by, slot: null } as const
    return { ...run, ...byHand, state: 'cancelled', result: null, backup: null }
  }
  return completed(past, slot, chance)
}

function completed({ source, label, backups, now }: PastSource, slot: Date, chance: () => number) {
  const newest = backups.at(-1)?.manifest
  const age = (now.getTime() - slot.getTime()) / DAY_MS
  // It has grown by a third in these days, and is busier at noon than at night.
  const grown = 1 - (0.33 * age) / DAYS
  const busy = 1 + 0.35 * Math.sin(((slot.getUTCHours() - 6) / 12) * Math.PI)
  const bytes = Math.round((newest?.streams[0]?.bytes ?? 1_000_000) * grown)
  const ms = source.seconds * 1000 * grown * busy * (0.85 + 0.3 * chance())
  const started = new Date(slot.getTime() + 900 + 1500 * chance())
  const backup = randomBytes(16).toString('hex')
  const summary = {
    tables: newest?.summary.tables ?? 8,
    rows: Math.round((newest?.summary.rows ?? 0) * grown),
  }
  return {
    id: randomUUID(),
    kind: 'backup' as const,
    state: 'completed' as const,
    source: source.name,
    trigger: 'schedule' as const,
    by: 'schedule',
    slot,
    missed: [],
    queued: slot,
    started,
    finished: new Date(started.getTime() + ms),
    attempt: 1,
    failure: null,
    result: {
      backup,
      source: label,
      bytes,
      storedBytes: Math.round(bytes * 0.012 * busy * (0.7 + 0.6 * chance())),
      ...summary,
      seconds: ms / 1000,
    },
    request: {},
    backup,
  } satisfies PastRun
}

function failed(past: PastSource, slot: Date, failure: Failure): PastRun {
  const run = completed(past, slot, () => 0.5)
  const attempt = failure.retry ? 4 : 1
  // Its pauses were 60, 120 and 300 seconds.
  const finished = new Date(slot.getTime() + (failure.retry ? 496_000 : 1_900))
  return { ...run, state: 'failed', attempt, failure, finished, result: null, backup: null }
}

function skipped(past: PastSource, slot: Date): PastRun {
  return {
    ...completed(past, slot, () => 0.5),
    state: 'skipped',
    started: null,
    finished: slot,
    attempt: 0,
    result: null,
    backup: null,
    failure: {
      code: 'RUN_IN_THE_WAY',
      message: `run ${randomBytes(4).toString('hex')} was still at work when this one was due`,
      hint: 'runs that take longer than the time between two of them need a wider schedule',
      retry: false,
    },
  }
}

/** The run that stands for all times at which the server was off. */
function caughtUp(past: PastSource, missed: readonly Date[], chance: () => number): PastRun {
  const last = missed.at(-1) ?? past.now
  const back = last.getTime() - (last.getTime() % DAY_MS) + OFF.until
  const run = completed(past, new Date(back), chance)
  return { ...run, trigger: 'catch-up', slot: last, missed: missed.slice(0, -1) }
}

/** Some of the backups were compared with their database. */
const proofs = (past: PastSource, chance: () => number): PastRun[] =>
  past.backups.filter((_, at) => at % 6 === 4).map(({ manifest }) => proof(past, manifest, chance))

function proof(past: PastSource, { id, finishedAt, summary }: Manifest, chance: () => number) {
  const queued = new Date(Date.parse(finishedAt) + 20 * 60_000)
  const started = new Date(queued.getTime() + 400)
  return {
    ...completed(past, queued, chance),
    kind: 'verify',
    trigger: 'manual',
    by: past.by,
    slot: null,
    started,
    finished: new Date(started.getTime() + past.source.seconds * 900),
    result: { equal: true, backup: id, ...summary, differenceCount: 0, differences: [] },
    request: { backup: id },
    backup: id,
  } satisfies PastRun
}

const serverOf = ({ label }: PastSource) => label.slice(label.lastIndexOf('@') + 1)

const away = (past: PastSource): Failure =>
  asFailure(new DatabaseUnreachable({ server: serverOf(past), why: 'connection refused' }))

const cut = (): Failure =>
  asFailure(
    new ToolFailed({
      tool: 'pg_dump',
      how: 'ended with exit code 1',
      lastWords: 'error: server closed the connection unexpectedly',
    }),
  )

const lockedOut = (past: PastSource): Failure => {
  const user = past.source.login ?? 'postgres'
  const what = `let ${user} into database ${past.source.name}`
  const why = `password authentication failed for user "${user}"`
  const hint = 'check the user and the password'
  return asFailure(new DatabaseRefused({ what, server: serverOf(past), why, hint }))
}

/** Numbers between 0 and 1 that look like chance and are the same each time. */
function chances(seed: string): () => number {
  let state = Buffer.from(seed).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
