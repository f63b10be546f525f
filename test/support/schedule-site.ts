import assert from 'node:assert/strict'
import type { Catalog } from '../../src/catalog/db.ts'
import { insertSchedule, type NewSchedule, type Schedule } from '../../src/catalog/schedules.ts'
import { fireDue } from '../../src/catalog/slots.ts'
import { Recurrence } from '../../src/core/recurrence.ts'
import { addRepository, addSource } from './catalog-rows.ts'

/** A schedule in the catalog, of a source of its own unless one is named. */
export async function addSchedule(
  catalog: Catalog,
  about: Partial<NewSchedule> = {},
): Promise<Schedule> {
  const sourceId = about.sourceId ?? (await addSource(catalog))
  const repositoryId = about.repositoryId ?? (await addRepository(catalog))
  const time = about.afterScheduleId === undefined ? { cron: 'hourly' } : {}
  const schedule = { ...time, timeZone: 'UTC', ...about, sourceId, repositoryId }
  return await catalog.transaction(sql => insertSchedule(sql, schedule))
}

/** Fires until nothing is due. */
export async function fireAll(catalog: Catalog, limit = 250): Promise<number> {
  let fired = 0
  for (;;) {
    const { schedules } = await fireDue(catalog, limit)
    if (schedules === 0) return fired
    fired += schedules
  }
}

export interface SlotRecord {
  readonly scheduleId: string
  readonly state: string
  readonly trigger: string
  readonly slot: Date
  readonly missedSlots: readonly Date[]
  readonly missedMore: number
}

/** The records of a schedule's slots, or of all, in the order of the slots. */
export const slotRecords = (catalog: Catalog, scheduleId?: string): Promise<SlotRecord[]> =>
  catalog.query<SlotRecord>(
    `select schedule_id as "scheduleId", state, trigger, slot, missed_slots as "missedSlots",
       missed_more as "missedMore"
     from runs where slot is not null and ($1::uuid is null or schedule_id = $1)
     order by schedule_id, slot`,
    [scheduleId ?? null],
  )

/** Ends every active run well, as if all work took no time. */
export async function completeAll(catalog: Catalog): Promise<void> {
  await catalog.query(
    `update runs set state = 'running', lease_until = clock_now() where state in ('queued', 'retrying')`,
  )
  await catalog.query(
    `update runs set state = 'completed', lease_until = null, finished_at = clock_now()
     where state = 'running'`,
  )
}

/** Every slot after one instant and up to another stands on exactly one record of the schedule. */
export function assertNoneLostNorTwice(
  schedule: Pick<Schedule, 'id' | 'cron' | 'timeZone'>,
  records: readonly SlotRecord[],
  after: Date,
  until: Date,
): void {
  const recurrence = new Recurrence(schedule.cron ?? '', schedule.timeZone)
  const expected = recurrence.between(after, new Date(until.getTime() + 1), 1e6)
  const found = records.flatMap(one => [...one.missedSlots, one.slot])
  const about = `${schedule.cron} in ${schedule.timeZone}`
  const text = (slots: readonly Date[]) => slots.map(slot => slot.toISOString())
  assert.deepEqual(text(found), text(expected), about)
}
