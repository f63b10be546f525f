import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mostSeconds } from '../../src/catalog/summary.ts'
import { WrongUse } from '../../src/core/faults.ts'
import { WEEKDAYS } from '../../src/core/presets.ts'
import { type Blackout, Timetable, Timing } from '../../src/core/schedule.ts'
import { cronOf, readClock, wordsOf } from '../../web/src/parts/schedule-clock.ts'

const timetable = (timing: Partial<Timing> & { cron: string }, id = 'a') =>
  new Timetable(Timing.parse({ timeZone: 'UTC', ...timing }), id)
const at = (time: string) => new Date(time.length > 11 ? `${time}Z` : `${time}T00:00:00Z`)
const text = (time: Date | undefined) => time?.toISOString().slice(0, 19)

describe('jitter', () => {
  const jittered = { cron: 'daily at 02:00', jitterSeconds: 3600 }

  test('is the same on every node, and another for every schedule and slot', () => {
    const slots = timetable(jittered).slotsBetween(at('2025-01-01'), at('2025-04-11'), 100)
    const delays = (id: string) =>
      slots.map(slot => timetable(jittered, id).fireTime(slot).getTime() - slot.getTime())
    assert.deepEqual(delays('a'), delays('a'))
    assert.notDeepEqual(delays('a'), delays('b'))
    assert.ok(new Set(delays('a')).size > 90)
    assert.ok(delays('a').every(delay => delay >= 0 && delay <= 3_600_000))
    assert.ok(delays('a').some(delay => delay > 3_000_000))
    assert.ok(delays('a').some(delay => delay < 600_000))
  })

  test('keeps the slots in their order, however long it is', () => {
    const often = timetable({ cron: '* * * * *', jitterSeconds: 86_400 })
    const fires = often
      .slotsBetween(at('2025-01-01'), at('2025-01-02'), 1000)
      .map(slot => ({ slot, fire: often.fireTime(slot) }))
    assert.ok(fires.every(({ slot, fire }) => fire >= slot && +fire < +slot + 60_000))
    assert.ok(new Set(fires.map(({ slot, fire }) => +fire - +slot)).size > 40)
  })
})

describe('the longest time between two firings', () => {
  const EVERY_NIGHT: Blackout = { days: [...WEEKDAYS], from: '22:00', to: '06:00' }
  const hours = (timing: Partial<Timing> & { cron: string }) =>
    (timetable(timing).longestGap(at('2026-01-01')) ?? 0) / 3600

  test('has in it what jitter may add, also by leading into a blackout', () => {
    assert.equal(hours({ cron: 'daily at 02:00' }), 24)
    assert.equal(hours({ cron: 'daily at 02:00', jitterSeconds: 1800 }), 24.5)
    assert.equal(hours({ cron: 'weekdays at 02:00' }), 72)
    // From 21:50 of one day until the end of the next night, at 06:00.
    const late = { cron: 'daily at 21:50', jitterSeconds: 1800, blackout: [EVERY_NIGHT] }
    assert.ok(Math.abs(hours(late) - (32 + 1 / 6)) < 0.01)
  })

  test('makes no source overdue by what its timetable may do', () => {
    const crons = ['hourly', '*/7 * * * *', '0 0,12 * * *', 'daily at 21:50', 'weekdays at 03:00']
    const windows: Blackout[][] = [
      [],
      [EVERY_NIGHT],
      [{ days: ['sunday'], from: '00:00', to: '00:00' }],
    ]
    for (const cron of crons) {
      for (const blackout of windows) {
        for (const jitterSeconds of [0, 600, 7200]) {
          const timing = { cron, jitterSeconds, blackout }
          const fires = timetable(timing).fireTimes(at('2026-01-01'), at('2026-01-15'), 5000)
          const gaps = fires.slice(1).map((time, index) => +time - +(fires[index] ?? time))
          const most = mostSeconds(hours(timing) * 3600) * 1000
          assert.ok(Math.max(...gaps) <= most, JSON.stringify(timing))
        }
      }
    }
  })
})

describe('presets', () => {
  const PRESETS = [
    'every minute',
    'every 15 minutes',
    '*/20 * * * *',
    'every 6 hours',
    '0 */4 * * *',
    'hourly',
    'every hour at :7',
    '7 * * * *',
    'daily',
    '@midnight',
    'daily at 2:30',
    '30 2 * * *',
    '0 30 2 * * *',
    'weekdays at 02:30',
    '30 2 * * 1-5',
    '0 0 * * 7',
    'weekly on mon, fri and sunday at 23:59',
    '@weekly',
    '@monthly',
    '5 4 L * *',
    'monthly on day 29',
    'monthly on day 30 at 01:00',
    'monthly on day 31 at 01:00',
    'monthly on the last day at 3:00',
    '@yearly',
    '@annually',
    '0 1 28 2 *',
    'yearly on 29 february at 01:00',
    'yearly on 31 dec at 23:00',
    '15 6 4 7 *',
  ]
  const slots = (cron: string) =>
    timetable({ cron }).slotsBetween(at('2023-12-31'), at('2028-03-02'), 60).map(text)

  test('the dashboard reads and writes them as the server means them', () => {
    for (const preset of PRESETS) {
      const clock = readClock(preset)
      assert.ok(clock, preset)
      assert.deepEqual(slots(cronOf(clock)), slots(preset), `${preset}: ${cronOf(clock)}`)
      assert.deepEqual(slots(wordsOf(clock)), slots(preset), `${preset}: ${wordsOf(clock)}`)
    }
  })
})

describe('blackouts', () => {
  const NIGHT = { days: ['monday' as const], from: '22:00', to: '06:00' }
  const hourly = timetable({ cron: 'hourly', timeZone: 'Europe/Berlin', blackout: [NIGHT] })

  test('all slots in one are served at its end, by the run of the newest', () => {
    // Monday 2 June 2025, Berlin is two hours ahead of UTC.
    const firings = hourly.firings(at('2025-06-02T18:30:00'), 3)
    assert.deepEqual(
      firings.map(one => [text(one.slot), text(one.at), one.missed.length, one.isCatchUp]),
      [
        ['2025-06-02T19:00:00', '2025-06-02T19:00:00', 0, false],
        ['2025-06-03T04:00:00', '2025-06-03T04:00:00', 8, false],
        ['2025-06-03T05:00:00', '2025-06-03T05:00:00', 0, false],
      ],
    )
    assert.equal(text(firings[1]?.missed[0]), '2025-06-02T20:00:00')
    assert.equal(text(firings[1]?.missed[7]), '2025-06-03T03:00:00')
  })

  test('one begins and ends by the clock on the wall', () => {
    const daily = timetable({
      cron: '30 1 * * *',
      timeZone: 'Europe/Berlin',
      blackout: [{ days: ['sunday'], from: '01:00', to: '02:30' }],
    })
    const fire = (day: string) => text(daily.firings(at(day), 1)[0]?.at)
    assert.equal(fire('2025-03-23'), '2025-03-23T01:30:00')
    assert.equal(fire('2025-03-30'), '2025-03-30T01:00:00', 'its end is never shown that day')
    assert.equal(fire('2025-10-25T22:00:00'), '2025-10-26T00:30:00', 'its end is shown twice')
  })

  test('those that meet are one', () => {
    const days = ['friday', 'saturday', 'sunday'] as const
    const weekend = timetable({
      cron: 'daily at 12:00',
      blackout: days.map(day => ({ days: [day], from: '12:00', to: '12:00' })),
    })
    const [friday, tuesday] = weekend.firings(at('2025-06-06'), 2)
    assert.deepEqual(
      [text(friday?.at), text(friday?.slot), friday?.missed.length],
      ['2025-06-09T12:00:00', '2025-06-09T12:00:00', 3],
    )
    assert.equal(text(tuesday?.at), '2025-06-10T12:00:00')
  })

  test('a slot whose jitter leads into one waits for its end', () => {
    const late = timetable({ cron: 'daily at 21:59', jitterSeconds: 3600, blackout: [NIGHT] })
    const [firing] = late.firings(at('2025-06-02'), 1)
    assert.equal(text(firing?.slot), '2025-06-02T21:59:00')
    assert.equal(text(firing?.at), '2025-06-03T06:00:00')
  })

  test('those that leave no minute of the week are refused', () => {
    const days = [
      'monday',
      'tuesday',
      'wednesday',
      'thursday',
      'friday',
      'saturday',
      'sunday',
    ] as const
    const all = { cron: 'hourly', blackout: [{ days: [...days], from: '03:00', to: '03:00' }] }
    assert.throws(() => timetable(all), WrongUse)
    const [, ...others] = days
    assert.equal(
      text(
        timetable({ ...all, blackout: [{ days: others, from: '00:00', to: '00:00' }] }).firings(
          at('2025-06-03'),
          1,
        )[0]?.at,
      ),
      '2025-06-09T00:00:00',
    )
  })
})

describe('what is due', () => {
  const everyTen = timetable({ cron: '*/10 * * * * *' })

  test('nothing before its time', () => {
    assert.deepEqual(everyTen.due(at('2025-01-01T00:00:10'), at('2025-01-01T00:00:09.999')), [])
    assert.equal(everyTen.due(at('2025-01-01T00:00:10'), at('2025-01-01T00:00:10')).length, 1)
  })

  test('slots that are late by a minute at most have a run each', () => {
    const firings = everyTen.due(at('2025-01-01T00:00:00'), at('2025-01-01T00:01:00'))
    assert.equal(firings.length, 7)
    assert.ok(firings.every(one => one.missed.length === 0 && !one.isCatchUp))
  })

  test('later than that, one run catches up for all and names them', () => {
    const [only, ...others] = everyTen.due(at('2025-01-01T00:00:00'), at('2025-01-01T00:01:01'))
    assert.deepEqual(others, [])
    assert.equal(only?.isCatchUp, true)
    assert.equal(text(only?.slot), '2025-01-01T00:01:00')
    assert.deepEqual(
      only?.missed.map(text),
      everyTen.slotsBetween(at('2024-12-31T23:59:59'), at('2025-01-01T00:01:00'), 9).map(text),
    )
    assert.equal(only?.missedMore, 0)
  })

  test('a thousand are named, and the others counted', () => {
    const hourly = timetable({ cron: 'hourly', timeZone: 'Europe/Berlin' })
    const [only] = hourly.due(at('2025-01-01T00:00:00'), at('2026-01-01T00:30:00'))
    assert.equal(text(only?.slot), '2026-01-01T00:00:00')
    assert.equal(only?.missed.length, 1000)
    assert.equal(only?.missedMore, 365 * 24 - 1000)
    const few = hourly.due(at('2025-01-01T00:00:00'), at('2025-02-11T16:30:00'))[0]
    assert.deepEqual([few?.missed.length, few?.missedMore], [1000, 0])
  })

  test('a slot held back by a blackout is in time at its end', () => {
    const held = timetable({
      cron: 'hourly',
      blackout: [{ days: ['wednesday'], from: '00:00', to: '12:00' }],
    })
    const first = at('2025-01-01T00:00:00')
    assert.deepEqual(held.due(first, at('2025-01-01T11:59:59')), [])
    const [run] = held.due(first, at('2025-01-01T12:00:20'))
    assert.deepEqual(
      [text(run?.slot), run?.missed.length, run?.isCatchUp],
      ['2025-01-01T12:00:00', 12, false],
    )
  })
})

test('every slot is in exactly one firing, whenever it is looked', () => {
  const held = timetable({
    cron: '*/7 * * * *',
    timeZone: 'America/Santiago',
    jitterSeconds: 200,
    blackout: [
      { days: ['saturday', 'sunday'], from: '20:00', to: '03:15' },
      { days: ['monday'], from: '00:00', to: '00:40' },
    ],
  })
  const slots = held.slotsBetween(at('2025-09-05'), at('2025-09-09'), 1000)
  const seen: string[] = []
  let next = slots[0]
  let now = at('2025-09-05').getTime()
  for (let step = 1; next !== undefined && now < +at('2025-09-11'); step += 1) {
    now += ((step * 7919) % 1301) * (step % 9 === 0 ? 5000 : 100)
    for (const firing of held.due(next, new Date(now))) {
      seen.push(...[...firing.missed, firing.slot].map(slot => slot.toISOString()))
      next = held.nextSlot(firing.slot)
    }
  }
  assert.deepEqual(
    seen.slice(0, slots.length),
    slots.map(slot => slot.toISOString()),
  )
})

test('a schedule is told in a sentence', () => {
  const told = timetable({
    cron: 'daily at 02:30',
    timeZone: 'Europe/Berlin',
    jitterSeconds: 300,
    blackout: [{ days: ['saturday', 'sunday'], from: '22:00', to: '06:00' }],
  }).words
  assert.equal(
    told,
    'every day at 02:30 (Europe/Berlin), up to 5 minutes later, not on Saturday, Sunday from 22:00 to 06:00',
  )
})
