import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import type { Schedule } from '../../src/catalog/schedules.ts'
import { untilDue } from '../../src/catalog/slots.ts'
import { openTestCatalog } from '../../support/catalog.ts'
import { addRepository } from '../support/catalog-rows.ts'
import { Random } from '../support/random.ts'
import {
  addSchedule,
  assertNoneLostNorTwice,
  completeAll,
  fireAll,
  type SlotRecord,
  slotRecords,
} from '../support/schedule-site.ts'

/** Each zone with a time that its clocks skip, or show twice, on some day. */
const ZONES = [
  ['Europe/Berlin', '02:30'],
  ['America/New_York', '02:30'],
  ['Australia/Lord_Howe', '02:15'],
  ['America/Santiago', '00:30'],
  ['Asia/Ho_Chi_Minh', '02:30'],
  ['Africa/Casablanca', '02:30'],
] as const
const OTHERS = [
  '0 */6 * * *',
  'weekly on sunday at 02:30',
  'monthly on day 31 at 23:30',
  'yearly on 29 february at 00:30',
]
const START = Date.parse('2024-01-01T00:00:10Z')
const END = Date.parse('2026-01-01T00:00:10Z')
const HOUR = 3_600_000
const seed = randomInt(2 ** 31)

/** The local day and time of an instant, as the runtime tells it and not our own code. */
function local(instant: Date, timeZone: string): [day: string, time: string] {
  const [day = '', time = ''] = instant.toLocaleString('sv-SE', { timeZone }).split(' ')
  return [day, time.slice(0, 5)]
}

function assertDaily(schedule: Schedule, time: string, records: readonly SlotRecord[]): void {
  const slots = records.flatMap(one => [...one.missedSlots, one.slot])
  const days = slots.map(slot => local(slot, schedule.timeZone))
  const first = Date.parse(days[0]?.[0] ?? '')
  const expected = days.map((_, at) => new Date(first + at * 24 * HOUR).toISOString().slice(0, 10))
  assert.deepEqual(
    days.map(([day]) => day),
    expected,
    `each day once in ${schedule.timeZone}`,
  )
  assert.ok(slots.length >= 729, `${slots.length} days`)
  const moved = days.filter(([, shown]) => shown !== time)
  assert.ok(moved.length <= 2, `moved: ${moved.join(' ')}`)
}

test(`24 months in six zones: no slot twice, none lost (seed ${seed})`, async t => {
  const { catalog, setClock } = await openTestCatalog(t)
  const random = new Random(seed)
  await setClock(new Date(START).toISOString())
  const repositoryId = await addRepository(catalog)
  const daily: [Schedule, string][] = []
  const schedules: Schedule[] = []
  for (const [timeZone, time] of ZONES) {
    const about = { repositoryId, timeZone }
    daily.push([await addSchedule(catalog, { ...about, cron: `daily at ${time}` }), time])
    for (const cron of OTHERS) {
      const jitterSeconds = random.one([0, 600])
      schedules.push(await addSchedule(catalog, { ...about, cron, jitterSeconds }))
    }
  }
  let now = START
  while (now < END) {
    // Mostly in time; now and then the server was down for up to three days.
    const wait = (await untilDue(catalog)) ?? 0
    const late = random.happens(0.6) ? random.whole(1, 72 * HOUR) : random.whole(0, 40_000)
    now = Math.min(Math.ceil(now + wait + late), END)
    await setClock(new Date(now).toISOString())
    await fireAll(catalog)
    if (random.happens(0.8)) await completeAll(catalog)
  }
  const all = await slotRecords(catalog)
  for (const schedule of [...schedules, ...daily.map(([one]) => one)]) {
    const records = all.filter(one => one.scheduleId === schedule.id)
    // What jitter holds back at the very end has not fired yet.
    const last = records.at(-1)?.slot
    const until = new Date(schedule.jitterSeconds === 0 ? END : Math.max(END - HOUR, +(last ?? 0)))
    assertNoneLostNorTwice(schedule, records, new Date(START), until)
  }
  for (const [schedule, time] of daily) {
    assertDaily(
      schedule,
      time,
      all.filter(one => one.scheduleId === schedule.id),
    )
  }
})
