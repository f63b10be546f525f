import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Recurrence } from '../../src/core/recurrence.ts'
import { instantOf, wallTime } from '../../src/core/wall-time.ts'
import { slots } from './slots.ts'

const MINUTE = 60_000

/** What a local job does on the days around a change of clocks; all expected times are UTC. */
const CHANGES: readonly (readonly [string, string, string, string, string, readonly string[]])[] = [
  // Forward over the hour from 02:00: once, at the first valid instant.
  [
    'Berlin, spring',
    '30 2 * * *',
    'Europe/Berlin',
    '2025-03-29T00:00Z',
    '2025-04-01T00:00Z',
    ['2025-03-29T01:30', '2025-03-30T01:00', '2025-03-31T00:30'],
  ],
  [
    'Berlin, autumn',
    '30 2 * * *',
    'Europe/Berlin',
    '2025-10-25T00:00Z',
    '2025-10-28T00:00Z',
    ['2025-10-25T00:30', '2025-10-26T00:30', '2025-10-27T01:30'],
  ],
  [
    'New York, spring',
    '30 2 * * *',
    'America/New_York',
    '2025-03-08T00:00Z',
    '2025-03-11T00:00Z',
    ['2025-03-08T07:30', '2025-03-09T07:00', '2025-03-10T06:30'],
  ],
  [
    'New York, autumn',
    '30 1 * * *',
    'America/New_York',
    '2025-11-01T00:00Z',
    '2025-11-04T00:00Z',
    ['2025-11-01T05:30', '2025-11-02T05:30', '2025-11-03T06:30'],
  ],
  // Half an hour, from 02:00 to 02:30 and from 02:00 to 01:30.
  [
    'Lord Howe, spring',
    '15 2 * * *',
    'Australia/Lord_Howe',
    '2025-10-03T22:00Z',
    '2025-10-06T22:00Z',
    ['2025-10-04T15:30', '2025-10-05T15:15', '2025-10-06T15:15'],
  ],
  [
    'Lord Howe, autumn',
    '45 1 * * *',
    'Australia/Lord_Howe',
    '2025-04-04T22:00Z',
    '2025-04-07T22:00Z',
    ['2025-04-05T14:45', '2025-04-06T15:15', '2025-04-07T15:15'],
  ],
  // At midnight: that day has no 00:30, the day before the change back has two 23:30.
  [
    'Santiago, spring',
    '30 0 * * *',
    'America/Santiago',
    '2025-09-06T00:00Z',
    '2025-09-09T00:00Z',
    ['2025-09-06T04:30', '2025-09-07T04:00', '2025-09-08T03:30'],
  ],
  [
    'Santiago, autumn',
    '30 23 * * *',
    'America/Santiago',
    '2025-04-05T00:00Z',
    '2025-04-08T00:00Z',
    ['2025-04-05T02:30', '2025-04-06T02:30', '2025-04-07T03:30'],
  ],
  // No change of clocks at all.
  [
    'Ho Chi Minh City',
    '30 2 * * *',
    'Asia/Ho_Chi_Minh',
    '2025-03-29T12:00Z',
    '2025-04-01T00:00Z',
    ['2025-03-29T19:30', '2025-03-30T19:30', '2025-03-31T19:30'],
  ],
  // Back for Ramadan and forth after it.
  [
    'Casablanca, Ramadan begins',
    '30 2 * * *',
    'Africa/Casablanca',
    '2025-02-22T00:00Z',
    '2025-02-25T00:00Z',
    ['2025-02-22T01:30', '2025-02-23T01:30', '2025-02-24T02:30'],
  ],
  [
    'Casablanca, Ramadan ends',
    '30 2 * * *',
    'Africa/Casablanca',
    '2025-04-05T00:00Z',
    '2025-04-08T00:00Z',
    ['2025-04-05T02:30', '2025-04-06T02:00', '2025-04-07T01:30'],
  ],
  // The last year of Tehran's summer time, at midnight.
  [
    'Tehran, spring',
    '30 0 * * *',
    'Asia/Tehran',
    '2022-03-20T00:00Z',
    '2022-03-23T00:00Z',
    ['2022-03-20T21:00', '2022-03-21T20:30', '2022-03-22T20:00'],
  ],
  // A list of times is as fixed as one time.
  [
    'a list over the gap',
    '30 2,3 * * *',
    'Europe/Berlin',
    '2025-03-30T00:00Z',
    '2025-03-31T00:00Z',
    ['2025-03-30T01:00', '2025-03-30T01:30'],
  ],
  [
    'a list in the overlap',
    '0,30 2 * * *',
    'Europe/Berlin',
    '2025-10-25T22:00Z',
    '2025-10-26T22:00Z',
    ['2025-10-26T00:00', '2025-10-26T00:30'],
  ],
  // Intervals go by real time.
  [
    'half hours, spring',
    '*/30 * * * *',
    'Europe/Berlin',
    '2025-03-30T00:00Z',
    '2025-03-30T02:01Z',
    ['2025-03-30T00:30', '2025-03-30T01:00', '2025-03-30T01:30', '2025-03-30T02:00'],
  ],
  [
    'half hours, Lord Howe',
    '*/30 * * * *',
    'Australia/Lord_Howe',
    '2025-04-05T14:10Z',
    '2025-04-05T16:10Z',
    ['2025-04-05T14:30', '2025-04-05T15:00', '2025-04-05T15:30', '2025-04-05T16:00'],
  ],
]

describe('changes of clocks', () => {
  for (const [name, expression, zone, after, before, expected] of CHANGES) {
    test(name, () => assert.deepEqual(slots(expression, zone, after, before), expected))
  }

  test('an hourly schedule has 23 slots on the short day and 25 on the long one', () => {
    for (const expression of ['hourly', '0 * * * *', 'every hour']) {
      const day = (from: string, to: string) => slots(expression, 'Europe/Berlin', from, to).length
      assert.equal(day('2025-03-29T22:59Z', '2025-03-30T22:00Z'), 23)
      assert.equal(day('2025-10-25T21:59Z', '2025-10-26T23:00Z'), 25)
    }
  })

  test('a daily schedule has one slot on each local day of four years, in every zone', () => {
    for (const zone of [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Asia/Ho_Chi_Minh',
      'Africa/Casablanca',
      'Asia/Tehran',
    ]) {
      for (const time of ['00:00', '00:30', '02:15', '23:45']) {
        const daily = new Recurrence(`daily at ${time}`, zone)
        const from = new Date('2022-01-01T12:00:00Z')
        const days = daily
          .between(from, new Date('2026-01-01T12:00:00Z'), 1e6)
          .map(slot => wallTime(slot, zone).toISOString().slice(0, 10))
        assert.equal(new Set(days).size, days.length, `${zone} ${time}: a day has two`)
        // Some zones leave out or double a whole day when they change sides of the date line; none of these do.
        assert.ok(Math.abs(days.length - 1461) <= 1, `${zone} ${time}: ${days.length} days`)
      }
    }
  })
})

test('counts as many slots as there are, over every change of clocks', () => {
  const CASES = [
    ['*/10 * * * *', 'Europe/Berlin'],
    ['30 2,3 * * *', 'Europe/Berlin'],
    ['*/15 1-3 * * *', 'Australia/Lord_Howe'],
    ['7 0,23 * * *', 'America/Santiago'],
    ['0 */5 * * *', 'Africa/Casablanca'],
    ['monthly on day 30 at 02:30', 'Europe/Berlin'],
  ] as const
  for (const [expression, zone] of CASES) {
    const recurrence = new Recurrence(expression, zone)
    const [from, to] = [new Date('2025-02-03T05:07:11Z'), new Date('2025-11-11T13:13:13Z')]
    const counted = recurrence.count(from, to)
    assert.equal(counted, recurrence.between(from, to, 1e6).length, `${expression} ${zone}`)
  }
})

test('wall time and instants translate into each other', () => {
  const berlin = (wall: string) =>
    instantOf(new Date(`${wall}Z`), 'Europe/Berlin')
      .toISOString()
      .slice(0, 16)
  assert.equal(berlin('2025-06-01T12:00'), '2025-06-01T10:00')
  assert.equal(berlin('2025-03-30T02:30'), '2025-03-30T01:00', 'never shown: the change')
  assert.equal(berlin('2025-10-26T02:30'), '2025-10-26T00:30', 'shown twice: the first')
  for (let minute = 0; minute < 3 * 24 * 60; minute += 7) {
    const instant = new Date(Date.UTC(2025, 9, 25) + minute * MINUTE)
    const wall = wallTime(instant, 'Australia/Lord_Howe')
    assert.deepEqual(instantOf(wall, 'Australia/Lord_Howe'), instant)
  }
})
