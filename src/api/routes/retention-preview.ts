import type { z } from 'zod'
import { type Catalog, catalogTime, type Sql } from '../../catalog/db.ts'
import { findRepository } from '../../catalog/repositories.ts'
import {
  effectOf,
  heldBack,
  judgeShelf,
  rulesOf,
  type ScheduleRule,
  type ShelvedBackup,
} from '../../catalog/retention.ts'
import { findSchedule, type Schedule } from '../../catalog/schedules.ts'
import { readSetting } from '../../catalog/settings.ts'
import { findSource } from '../../catalog/sources.ts'
import { WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { requireTimeZone } from '../../core/recurrence.ts'
import { isRule, type Judged, type Keep, keepWords, type Retainable } from '../../core/retention.ts'
import { outlook } from '../../core/retention-outlook.ts'
import { Timetable } from '../../core/schedule.ts'
import type { RetentionPreview, RetentionQuestion } from '../schema/retention.ts'

type Question = z.output<typeof RetentionQuestion>

/** So often, where nothing tells how often backups are made. */
const A_DAY = 86_400
/** As many firings, or backups, tell how often. */
const SAMPLE = 50

/** Whose backups a rule is tried on. */
interface Place {
  readonly sourceId: string
  readonly source: string
  readonly repositoryId: string
  readonly repository: string
}

/** What a rule would do, beside those of other schedules. Throws NotFound, WrongUse. */
export async function previewRetention(
  catalog: Catalog,
  asked: Question,
): Promise<RetentionPreview> {
  const schedule =
    asked.schedule === undefined ? undefined : await findSchedule(catalog, asked.schedule)
  const place = await placeOf(catalog, asked, schedule)
  const keep = asked.keep === undefined ? (schedule?.keep ?? null) : asked.keep
  const timeZone = asked.timeZone ?? schedule?.timeZone ?? 'UTC'
  requireTimeZone(timeZone)
  const rules = await rulesOf(catalog, place)
  const others = rules.filter(one => one.scheduleId !== schedule?.id)
  const enabled = schedule?.enabled ?? true
  const judged = await judgeShelf(catalog, place, [...others, { keep, timeZone, enabled }])
  const { goes, stays, comesBack } = effectOf(judged)
  const going = judged.filter(one => one.keptBy.length === 0)
  const everySeconds = await rhythmOf(catalog, judged, { ...asked, timeZone }, schedule)
  const longRun = outlook(keep, everySeconds)
  const graceHours = await readSetting(catalog, 'deleteGraceHours')
  const held = await heldBack(catalog, place)
  return {
    source: place.source,
    repository: place.repository,
    keep,
    words: keepWords(keep),
    timeZone,
    backups: judged.slice(0, asked.limit).map(shownOf),
    counts: { all: judged.length, stays, goes: going.length, comesBack },
    bytes: { stays: bytesOf(judged) - bytesOf(going), goes: bytesOf(going) },
    longRun: longRun === undefined ? null : { ...longRun, everySeconds },
    others: others.map(otherOf),
    graceHours,
    warnings: [
      ...sayBurst(goes, judged.length, graceHours),
      ...sayOthers(keep, others, enabled),
      ...(isRule(keep) && held !== undefined ? [`nothing goes at the moment: ${held}`] : []),
      ...(going.length === 0 ? [] : [NO_SPACE_YET]),
    ],
  }
}

const NO_SPACE_YET =
  'the bytes that go are what these backups had added; no storage is given back until the repository is pruned, ' +
  'which this version cannot do yet'

async function placeOf(sql: Sql, asked: Question, schedule: Schedule | undefined): Promise<Place> {
  const source = asked.source === undefined ? undefined : await findSource(sql, asked.source)
  const repository =
    asked.repository === undefined ? undefined : await findRepository(sql, asked.repository)
  const [sourceId, repositoryId] = [
    source?.id ?? schedule?.sourceId,
    repository?.id ?? schedule?.repositoryId,
  ]
  if (sourceId === undefined || repositoryId === undefined) {
    throw new WrongUse({
      why: 'a rule is about the backups of one source in one repository',
      hint: 'give source and repository, or the schedule whose they are',
    })
  }
  return {
    sourceId,
    source: source?.name ?? schedule?.sourceName ?? '',
    repositoryId,
    repository: repository?.name ?? schedule?.repositoryName ?? '',
  }
}

/** How often backups are made: by the clock that was named, or that of the schedule, or as it was so far. */
async function rhythmOf(
  sql: Sql,
  backups: readonly Retainable[],
  { cron, timeZone }: { readonly cron?: string | undefined; readonly timeZone: string },
  schedule: Schedule | undefined,
): Promise<number> {
  const expression = cron ?? schedule?.cron
  const times =
    expression === undefined || expression === null
      ? backups.slice(0, SAMPLE).map(one => one.startedAt)
      : new Timetable(
          {
            cron: expression,
            timeZone,
            jitterSeconds: 0,
            blackout: [...(schedule?.blackout ?? [])],
          },
          'preview',
        )
          .firings(await catalogTime(sql), SAMPLE)
          .map(one => one.at)
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined || times.length < 2) return A_DAY
  const seconds = Math.abs(last.getTime() - first.getTime()) / 1000 / (times.length - 1)
  return Math.max(1, Math.round(seconds))
}

const shownOf = (one: Judged<ShelvedBackup>) => ({
  id: one.id,
  startedAt: one.startedAt,
  finishedAt: one.finishedAt,
  storedBytes: one.storedBytes,
  keptBy: one.keptBy,
  goes: one.keptBy.length === 0,
  marked: one.marked,
})

const bytesOf = (backups: readonly Judged<Retainable & { storedBytes: number }>[]): number =>
  backups.reduce((sum, one) => sum + one.storedBytes, 0)

const otherOf = ({ scheduleId, keep, enabled }: ScheduleRule) => ({
  schedule: scheduleId,
  keep,
  words: keepWords(keep),
  enabled,
})

/** More than half at once is rarely what is meant. */
function sayBurst(goes: number, all: number, graceHours: number): string[] {
  if (goes * 2 <= all) return []
  return [
    `${goes} of ${all} backups would be marked for deletion at once; for ${graceHours} hours they can be had back, ` +
      'each by itself or all by another rule',
  ]
}

function sayOthers(keep: Keep | null, others: readonly ScheduleRule[], enabled: boolean): string[] {
  if (!isRule(keep)) {
    return others.some(one => isRule(one.keep))
      ? ['without a rule this schedule keeps everything, whatever the other ones say']
      : []
  }
  return [
    ...(enabled
      ? []
      : ['the schedule is disabled: its rule keeps what it keeps, and lets nothing go']),
    ...others
      .filter(one => !isRule(one.keep))
      .map(
        one =>
          `schedule ${shortId(one.scheduleId)} for the same source and repository has no rule, so that everything is kept`,
      ),
  ]
}
