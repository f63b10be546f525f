import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WrongUse } from '../../src/core/faults.ts'
import { Recurrence } from '../../src/core/recurrence.ts'
import { slots } from './slots.ts'

function outcomeOf(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('calendars', () => {
  const dates = (expression: string, from: string, to: string) =>
    slots(expression, 'UTC', `${from}T00:00:00Z`, `${to}T00:00:00Z`).map(slot => slot.slice(0, 10))

  test('day 31 of cron comes only where there is one, in words it is the last day', () => {
    assert.deepEqual(dates('0 1 31 * *', '2025-01-01', '2025-06-30'), [
      '2025-01-31',
      '2025-03-31',
      '2025-05-31',
    ])
    const last = ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30']
    assert.deepEqual(dates('monthly on day 31 at 01:00', '2024-01-01', '2024-05-01'), last)
    assert.deepEqual(dates('0 1 L * *', '2024-01-01', '2024-05-01'), last)
  })

  test('days 29 and 30 in words come in February, too, and once', () => {
    const expect = (day: number, year: number, february: string) => {
      const found = dates(`monthly on day ${day} at 01:00`, `${year}-01-01`, `${year + 1}-01-01`)
      assert.equal(found.length, 12)
      assert.equal(found[1], `${year}-02-${february}`)
      assert.equal(found[11], `${year}-12-${day}`)
    }
    expect(29, 2024, '29')
    expect(29, 2025, '28')
    expect(30, 2024, '29')
    expect(30, 2025, '28')
  })

  test('a leap day comes every fourth year, and not in 2100', () => {
    assert.deepEqual(dates('0 1 29 2 *', '2024-01-01', '2033-01-01'), [
      '2024-02-29',
      '2028-02-29',
      '2032-02-29',
    ])
    assert.deepEqual(dates('0 1 29 2 *', '2096-01-01', '2105-01-01'), ['2096-02-29', '2104-02-29'])
    assert.deepEqual(dates('yearly on 29 february at 01:00', '2024-01-01', '2026-01-01'), [
      '2024-02-29',
      '2025-02-28',
    ])
  })

  test('a yearly schedule comes once a year', () => {
    assert.deepEqual(dates('yearly on 1 July at 04:00', '2024-01-01', '2027-01-01'), [
      '2024-07-01',
      '2025-07-01',
      '2026-07-01',
    ])
    assert.deepEqual(dates('@yearly', '2024-01-02', '2027-01-02'), [
      '2025-01-01',
      '2026-01-01',
      '2027-01-01',
    ])
  })

  test('six fields begin with seconds', () => {
    const found = new Recurrence('*/20 59 23 31 12 *', 'UTC').between(
      new Date('2025-06-01'),
      new Date('2026-06-01'),
      9,
    )
    assert.deepEqual(
      found.map(slot => slot.toISOString().slice(5, 19)),
      ['12-31T23:59:00', '12-31T23:59:20', '12-31T23:59:40'],
    )
  })

  test('the next slot is strictly later, to the millisecond', () => {
    const daily = new Recurrence('daily at 02:30', 'UTC')
    const next = (after: string) => daily.next(new Date(after))?.toISOString()
    assert.equal(next('2025-01-01T02:29:59.999Z'), '2025-01-01T02:30:00.000Z')
    assert.equal(next('2025-01-01T02:30:00.000Z'), '2025-01-02T02:30:00.000Z')
    assert.equal(next('2025-01-01T02:30:00.001Z'), '2025-01-02T02:30:00.000Z')
  })
})

describe('words', () => {
  const MEANS: readonly (readonly [string, string, string])[] = [
    ['hourly', '0 * * * *', 'every hour at :00'],
    ['Hourly at 15', '15 * * * *', 'every hour at :15'],
    ['every minute', '* * * * *', 'every minute'],
    ['every 15 minutes', '*/15 * * * *', 'every 15 minutes'],
    ['every 6 hours', '0 */6 * * *', 'every 6 hours'],
    ['daily at 02:30', '30 2 * * *', 'every day at 02:30'],
    ['@daily', '0 0 * * *', 'every day at 00:00'],
    ['weekdays at 2:30', '30 2 * * 1-5', 'every weekday at 02:30'],
    ['weekly on monday at 02:30', '30 2 * * 1', 'every Monday at 02:30'],
    ['weekly on Mon, Fri at 02:30', '30 2 * * 1,5', 'every Monday, Friday at 02:30'],
    ['weekly on sunday and wednesday at 02:30', '30 2 * * 0,3', 'every Sunday, Wednesday at 02:30'],
    ['monthly on day 1 at 00:05', '5 0 1 * *', 'on day 1 of every month at 00:05'],
    ['monthly on the last day at 00:05', '5 0 L * *', 'on the last day of every month at 00:05'],
    ['yearly on 24 dec at 18:00', '0 18 24 12 *', 'every year on 24 December at 18:00'],
  ]
  for (const [words, cron, told] of MEANS) {
    test(`${words} is ${cron}`, () => {
      const [inWords, inFields] = [words, cron].map(one => new Recurrence(one, 'Europe/Berlin'))
      const from = new Date('2025-01-15T00:00:00Z')
      const year = (one: Recurrence | undefined) => one?.between(from, new Date('2026-01-15'), 800)
      assert.deepEqual(year(inWords), year(inFields))
      assert.equal(inWords?.words, told)
      if (!words.startsWith('every 6')) assert.equal(inFields?.words, told)
    })
  }

  test('an expression that the words have no form for is told as it is', () => {
    assert.equal(new Recurrence('5-9/2  1 * *  3#2', 'UTC').words, 'by cron 5-9/2 1 * * 3#2')
    assert.equal(
      new Recurrence('0 1 31 * *', 'UTC').words,
      'on day 31 of every month that has it at 01:00',
    )
  })
})

describe('what is refused', () => {
  const WRONG: readonly (readonly [string, RegExp])[] = [
    ['', /is empty/],
    ['* * * *', /has 4 fields/],
    ['0 0 0 1 1 * 2025', /has 7 fields/],
    ['60 * * * *', /60 is no minute/],
    ['0 24 * * *', /24 is no hour/],
    ['0 0 0 * *', /0 is no day of the month/],
    ['0 0 * 13 *', /13 is no month/],
    ['0 0 * * 8', /8 is no day of the week/],
    ['? * * * *', /\? is no minute/],
    ['*/0 * * * *', /not understood: .*stepping/],
    ['5-1 * * * *', /not understood/],
    ['a b c d e', /not understood/],
    ['2025-01-01T00:00:00', /has one field$/],
    ['0 0 31 2 *', /never comes/],
    ['0 0 30,31 2 *', /never comes/],
    ['0 0 31 4,6,9,11 *', /never comes/],
    ['yearly on 31 april', /April has no day 31/],
    ['yearly on 30 february', /February has no day 30/],
    ['monthly on day 32', /32 is not between 1 and 31/],
    ['daily at 25:00', /25:00 is no time of day/],
    ['weekly on someday at 02:30', /someday is no day of the week/],
    ['every 7 minutes', /do not divide an hour/],
    ['every 0 minutes', /do not divide an hour/],
    ['every 5 hours', /do not divide a day/],
    ['@reboot', /not understood/],
    ['daily or so', /not understood/],
  ]
  for (const [expression, why] of WRONG) {
    test(`"${expression}"`, () => {
      assert.throws(
        () => new Recurrence(expression, 'UTC'),
        (error: Error) => {
          assert.ok(error instanceof WrongUse, error.message)
          assert.match(error.message, why)
          return true
        },
      )
    })
  }

  test('time zones that are none', () => {
    for (const zone of ['', 'Mars/Base', '+02:00', 'Europe/Berlin ', 'x'.repeat(1e6)]) {
      assert.throws(() => new Recurrence('hourly', zone), WrongUse)
    }
  })

  test('hostile text is refused at once', () => {
    const hostile = [
      '1,'.repeat(1e6),
      ' '.repeat(1e6),
      `weekly on ${'a '.repeat(40)}at 02:30`,
      `${'*/1,'.repeat(23)}* * * * *`,
      `weekly on ${', '.repeat(30)}x`,
    ]
    for (const text of hostile) {
      const began = performance.now()
      const outcome = outcomeOf(() => new Recurrence(text, 'UTC'))
      assert.ok(outcome === undefined || outcome instanceof WrongUse)
      assert.ok(performance.now() - began < 200, text.slice(0, 40))
    }
  })
})
