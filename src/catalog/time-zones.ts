import process from 'node:process'
import { WrongUse } from '../core/faults.ts'
import { audit } from './audit.ts'
import type { Catalog, Sql } from './db.ts'
import { retimeSchedule } from './schedules.ts'
import { readSetting, writeSetting } from './settings.ts'

interface Zoned {
  readonly id: string
  readonly timeZone: string
  readonly nextSlot: Date
}

/**
 * Finds the next slots anew when the rules of time zones are of another edition than those they were found
 * with: else the slot after a change would still fire by the old rules. Answers how many slots moved.
 */
export async function followTimeZones(
  catalog: Pick<Catalog, 'transaction'>,
  rules = process.versions.tz ?? '',
): Promise<number> {
  return await catalog.transaction(async sql => {
    const before = await readSetting(sql, 'timeZoneRules')
    if (before === rules) return 0
    await writeSetting(sql, 'timeZoneRules', rules)
    if (before === undefined) return 0
    const zoned = await sql.query<Zoned>(
      `select id, time_zone as "timeZone", next_slot as "nextSlot" from schedules
       where enabled and removed_at is null and next_slot is not null and time_zone <> 'UTC'
       order by id`,
    )
    let moved = 0
    for (const one of zoned) moved += await retime(sql, one, `${before} → ${rules}`)
    return moved
  })
}

async function retime(sql: Sql, { id, timeZone, nextSlot }: Zoned, rules: string): Promise<number> {
  try {
    const moved = await retimeSchedule(sql, id)
    if (moved === undefined) return 0
    const details = { timeZone, rules, from: nextSlot, to: moved.nextSlot }
    const action = 'schedule.retime'
    await audit(sql, { actor: 'scheduler', action, objectKind: 'schedule', objectId: id, details })
    return 1
  } catch (error) {
    // Its zone is no more: that is told when it is due, as of any schedule that cannot fire.
    if (error instanceof WrongUse) return 0
    throw error
  }
}
