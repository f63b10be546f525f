import type {
  NewSchedule,
  Schedule,
  ScheduleChanges,
  SchedulePreview,
} from '../../../../src/client/index.ts'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import { durationsText, durationText, readDuration, readDurations } from '../../parts/durations.ts'
import {
  type Clock,
  cronOf,
  readClock,
  USUAL_CLOCK,
  WEEKDAYS,
  type Weekday,
  wordsOf,
} from '../../parts/schedule-clock.ts'

export const TIERS = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within'] as const
export type Tier = (typeof TIERS)[number]
export type Keep = Schedule['keep']
/** A number as it is typed; the empty text is none. */
export type Typed = number | string

export interface Window {
  readonly days: readonly Weekday[]
  readonly from: string
  readonly to: string
}

/** A schedule as it stands in the form: also what is not finished, and what cannot be. */
export interface Draft {
  readonly source: string | null
  readonly repository: string | null
  readonly by: 'clock' | 'cron' | 'after'
  readonly clock: Clock
  readonly cron: string
  readonly after: string | null
  readonly timeZone: string
  readonly jitter: string
  readonly blackout: readonly Window[]
  readonly delays: string
  readonly networkDelays: string
  readonly priority: Typed
  /** In GB. */
  readonly maxSize: Typed
  readonly keepsAll: boolean
  readonly keep: Readonly<Record<Tier, Typed>>
}

const GB = 1e9
const NO_TIERS: Draft['keep'] = {
  last: '',
  hourly: '',
  daily: '',
  weekly: '',
  monthly: '',
  yearly: '',
  within: '',
}

export const keepFields = (keep: Keep): Draft['keep'] => ({ ...NO_TIERS, ...keep })

/** What most people want, for a source that an address may have named. */
export const usualDraft = (source: string | null, repository: string | null): Draft => ({
  source,
  repository,
  by: 'clock',
  clock: USUAL_CLOCK,
  cron: cronOf(USUAL_CLOCK),
  after: null,
  timeZone: ownTimeZone(),
  jitter: '',
  blackout: [],
  delays: '30s, 1m, 2m',
  networkDelays: '1m, 2m, 5m',
  priority: 0,
  maxSize: '',
  keepsAll: false,
  keep: keepFields({ daily: 7, weekly: 4, monthly: 12 }),
})

/** A schedule as it is. A cron that a preset can say is shown as that preset. */
export function draftOf(schedule: Schedule): Draft {
  const { cron, afterScheduleId, jitterSeconds, retry, maxBytes, keep, blackout } = schedule
  const clock = cron === null ? undefined : readClock(cron)
  const by = afterScheduleId !== null ? 'after' : clock === undefined ? 'cron' : 'clock'
  return {
    source: schedule.sourceId,
    repository: schedule.repositoryId,
    by,
    clock: clock ?? USUAL_CLOCK,
    cron: cron ?? cronOf(USUAL_CLOCK),
    after: afterScheduleId,
    timeZone: schedule.timeZone,
    jitter: durationText(jitterSeconds),
    blackout: blackout.map(({ days, from, to }) => ({
      days: WEEKDAYS.filter(day => days.includes(day)),
      from,
      to,
    })),
    delays: durationsText(retry.delays),
    networkDelays: durationsText(retry.networkDelays),
    priority: schedule.priority,
    maxSize: maxBytes === null ? '' : maxBytes / GB,
    keepsAll: keep === null,
    keep: keepFields(keep ?? { daily: 7, weekly: 4, monthly: 12 }),
  }
}

/** What can be wrong with a draft before anybody is asked. */
export type Wrong = 'required' | 'noDays' | 'noTime' | 'noDuration' | 'noDurations' | 'noKeep'
export type Field =
  | 'source'
  | 'repository'
  | 'cron'
  | 'at'
  | 'weekdays'
  | 'after'
  | 'jitter'
  | 'blackout'
  | 'delays'
  | 'networkDelays'
  | 'keep'

/** What is wrong beside which field. */
export function wrongIn(draft: Draft): Partial<Record<Field, Wrong>> {
  const { by, clock, blackout } = draft
  const hasAt = by === 'clock' && !['minutes', 'hours', 'hourly'].includes(clock.rhythm)
  const found: readonly (readonly [Field, Wrong | false])[] = [
    ['source', draft.source === null && 'required'],
    ['repository', draft.repository === null && 'required'],
    ['cron', by === 'cron' && draft.cron.trim() === '' && 'required'],
    ['after', by === 'after' && draft.after === null && 'required'],
    ['at', hasAt && clock.at === '' && 'noTime'],
    ['weekdays', hasAt && clock.rhythm === 'weekly' && clock.weekdays.length === 0 && 'noDays'],
    [
      'jitter',
      draft.jitter.trim() !== '' && readDuration(draft.jitter) === undefined && 'noDuration',
    ],
    ['delays', readDurations(draft.delays) === undefined && 'noDurations'],
    ['networkDelays', readDurations(draft.networkDelays) === undefined && 'noDurations'],
    [
      'blackout',
      blackout.some(({ days }) => days.length === 0)
        ? 'noDays'
        : blackout.some(({ from, to }) => from === '' || to === '') && 'noTime',
    ],
    ['keep', keepOf(draft) === undefined && 'noKeep'],
  ]
  return Object.fromEntries(found.filter(([, wrong]) => wrong !== false))
}

const numberOf = (typed: Typed): number | undefined => (typed === '' ? undefined : Number(typed))

/** The rule; undefined where it names nothing that is kept. */
export function keepOf({ keepsAll, keep }: Pick<Draft, 'keepsAll' | 'keep'>): Keep | undefined {
  if (keepsAll) return null
  const given = TIERS.flatMap(tier => {
    const count = numberOf(keep[tier])
    return count === undefined ? [] : [[tier, count] as const]
  })
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

export const cronIn = ({ by, cron, clock }: Draft): string =>
  by === 'cron' ? cron.trim() : wordsOf(clock)

/** What the server is asked for its sentence and the next firings; undefined where that makes no sense yet. */
export function previewOf(draft: Draft, count: number): SchedulePreview | undefined {
  const wrong = wrongIn(draft)
  const isReady = !(['cron', 'at', 'weekdays', 'jitter', 'blackout'] as const).some(
    field => wrong[field] !== undefined,
  )
  if (draft.by === 'after' || !isReady) return undefined
  return {
    cron: cronIn(draft),
    timeZone: draft.timeZone,
    jitterSeconds: readDuration(draft.jitter) ?? 0,
    blackout: draft.blackout,
    count,
  }
}

/** Everything but the source, as it is sent. */
function settingsOf(draft: Draft): ScheduleChanges {
  const { by, after, timeZone, blackout, priority, maxSize } = draft
  return {
    ...(by === 'after' ? { after: after ?? '' } : { cron: cronIn(draft) }),
    timeZone,
    jitterSeconds: readDuration(draft.jitter) ?? 0,
    blackout,
    retry: {
      delays: readDurations(draft.delays) ?? [],
      networkDelays: readDurations(draft.networkDelays) ?? [],
    },
    priority: numberOf(priority) ?? 0,
    maxBytes: maxSize === '' ? null : Math.round(Number(maxSize) * GB),
    keep: keepOf(draft) ?? null,
  }
}

export const newSchedule = (draft: Draft): NewSchedule => ({
  source: draft.source ?? '',
  repository: draft.repository ?? '',
  ...settingsOf(draft),
})

/** What differs from the schedule as it is: a time that stays is not counted anew. */
export function changesOf(draft: Draft, schedule: Schedule): ScheduleChanges {
  const before = settingsOf(draftOf(schedule))
  const changes = Object.entries(settingsOf(draft)).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(before[name as keyof ScheduleChanges]),
  )
  return {
    ...Object.fromEntries(changes),
    ...(draft.repository !== null &&
      draft.repository !== schedule.repositoryId && { repository: draft.repository }),
  }
}
