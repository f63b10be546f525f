import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  type Judged,
  judge,
  Keep,
  keepWords,
  type Retainable,
  type Rule,
} from '../../src/core/retention.ts'
import { outlook } from '../../src/core/retention-outlook.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = new Date('2026-06-17T12:00:00Z')

let made = 0
const backup = (startedAt: Date | string, about: Partial<Retainable> = {}): Retainable => ({
  id: String(made++).padStart(6, '0'),
  startedAt: new Date(startedAt),
  label: 'shop@db:5432',
  pinned: false,
  proven: false,
  damaged: false,
  uploaded: false,
  ...about,
})

const rule = (keep: Keep | null, timeZone = 'UTC', enabled = true): Rule => ({
  keep,
  timeZone,
  enabled,
})

const stays = <One extends Retainable>(judged: readonly Judged<One>[]) =>
  judged.filter(one => one.keptBy.length > 0)
const ids = (backups: readonly Retainable[]) => backups.map(one => one.id).sort()
const starts = (backups: readonly Retainable[]) =>
  backups.map(one => one.startedAt.toISOString().slice(0, 16))

/** Backups every so many hours, of which the newest one started at `end`. */
const every = (hours: number, many: number, end: Date = NOW): Retainable[] =>
  Array.from({ length: many }, (_, index) => backup(new Date(end.getTime() - index * hours * HOUR)))

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']

/** Of one to three members, so that enough goes. */
const aKeep = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...Keep.keyof().options), fc.integer({ min: 1, max: 6 })), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map(pairs => Keep.parse(Object.fromEntries(pairs)))
const aRule = fc.record({
  keep: fc.oneof({ weight: 6, arbitrary: aKeep }, { weight: 1, arbitrary: fc.constant(null) }),
  timeZone: fc.constantFrom(...ZONES),
  enabled: fc.boolean(),
})
const aBackup = fc
  .record({
    minutesAgo: fc.integer({ min: -3 * 1440, max: 800 * 1440 }),
    label: fc.constantFrom('shop@db:5432', 'shop@db:5432', 'shop@db:5432', 'shop@old:5432'),
    pinned: fc.boolean(),
    proven: fc.boolean(),
    damaged: fc.boolean(),
    uploaded: fc.boolean(),
  })
  .map(({ minutesAgo, ...about }) => {
    // Two of four flags at random: most backups are plain.
    const isPlain = about.pinned === about.damaged
    const flags = isPlain ? { pinned: false, damaged: false, uploaded: false } : about
    return backup(new Date(NOW.getTime() - minutesAgo * 60_000), { ...about, ...flags })
  })
const someBackups = fc.array(aBackup, { maxLength: 60, size: 'max' })

const holds = <Values extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<Values>) =>
  fc.assert(property, { numRuns: 200 })

const isGood = (one: Retainable) => !one.damaged && !one.uploaded && one.startedAt <= NOW

describe('whatever the backups and the rules are', () => {
  test('the newest good one of a source stays, the newest proven one, and what is pinned', () => {
    holds(
      fc.property(someBackups, fc.array(aRule, { maxLength: 3 }), (backups, rules) => {
        const judged = judge(backups, rules, NOW)
        for (const label of new Set(backups.map(one => one.label))) {
          const good = judged.find(one => isGood(one) && one.label === label)
          assert.ok(good === undefined || good.keptBy.includes('last good'))
        }
        const proven = judged.find(one => isGood(one) && one.proven)
        assert.ok(proven === undefined || proven.keptBy.includes('last proven'))
        for (const one of judged) {
          const mustStay = one.pinned || one.uploaded || one.damaged || one.startedAt > NOW
          assert.ok(!mustStay || one.keptBy.length > 0, JSON.stringify(one))
        }
      }),
    )
  })

  test('applied twice is applied once', () => {
    holds(
      fc.property(someBackups, fc.array(aRule, { maxLength: 3 }), (backups, rules) => {
        const once = stays(judge(backups, rules, NOW))
        const twice = stays(judge(once, rules, NOW))
        assert.deepEqual(twice, once)
      }),
    )
  })

  test('a more generous rule, or one rule more, keeps all that was kept', () => {
    const more = fc.record({ by: fc.integer({ min: 0, max: 5 }), besides: aKeep })
    holds(
      fc.property(
        someBackups,
        aKeep,
        fc.constantFrom(...ZONES),
        more,
        (backups, keep, zone, { by, besides }) => {
          const kept = new Set(ids(stays(judge(backups, [rule(keep, zone)], NOW))))
          const raised = Object.fromEntries(
            Object.entries(keep).map(([name, n]) => [name, (n ?? 0) + by]),
          )
          const added = { ...besides, ...raised }
          for (const rules of [
            [rule(raised, zone)],
            [rule(added, zone)],
            [rule(keep, zone), rule(besides)],
            [rule(keep, zone), rule(besides, zone, false)],
          ]) {
            const now = new Set(ids(stays(judge(backups, rules, NOW))))
            assert.deepEqual([...kept.difference(now)], [])
          }
        },
      ),
    )
  })

  test('a disabled rule lets nothing go, and a schedule without one keeps all', () => {
    holds(
      fc.property(someBackups, aKeep, aKeep, (backups, keep, other) => {
        const all = ids(backups)
        assert.deepEqual(ids(stays(judge(backups, [rule(keep, 'UTC', false)], NOW))), all)
        assert.deepEqual(ids(stays(judge(backups, [], NOW))), all)
        assert.deepEqual(ids(stays(judge(backups, [rule({})], NOW))), all)
        for (const on of [true, false]) {
          const rules = [rule(keep), rule(other), rule(null, 'UTC', on)]
          assert.deepEqual(ids(stays(judge(backups, rules, NOW))), all)
        }
      }),
    )
  })

  test('what goes at one time would not be wanted back later', () => {
    // New backups arrive one by one, and the rule is applied after each; or once, at the end.
    const gaps = fc.array(fc.integer({ min: 1, max: 5_000 }), {
      minLength: 1,
      maxLength: 60,
      size: 'max',
    })
    holds(
      fc.property(gaps, aKeep, fc.constantFrom(...ZONES), (minutes, keep, zone) => {
        let at = NOW.getTime() - 900 * DAY
        const all = minutes.map(gap => {
          at += gap * 60_000
          return backup(new Date(at))
        })
        let kept: Retainable[] = []
        for (const one of all)
          kept = stays(judge([...kept, one], [rule(keep, zone)], one.startedAt))
        assert.deepEqual(ids(kept), ids(stays(judge(all, [rule(keep, zone)], NOW))))
      }),
    )
  })

  test('a backup more pushes out none that is pinned, damaged, brought in or from the future, and is pushed out by none', () => {
    holds(
      fc.property(
        someBackups,
        aKeep,
        fc.constantFrom('damaged', 'uploaded', 'future'),
        (backups, keep, kind) => {
          const odd =
            kind === 'future'
              ? backup(new Date(NOW.getTime() + DAY))
              : backup(NOW, { [kind]: true })
          const before = ids(stays(judge(backups, [rule(keep)], NOW)))
          const after = ids(stays(judge([...backups, odd], [rule(keep)], NOW)))
          assert.deepEqual(after, [...before, odd.id].sort())
        },
      ),
    )
  })
})

describe('what people expect of a rule', () => {
  test('two years of hourly backups, the rule applied every hour', () => {
    const keep = { last: 2, hourly: 24, daily: 7, weekly: 4, monthly: 12, yearly: 2 }
    const zone = 'Europe/Berlin'
    const begin = Date.parse('2024-06-17T12:20:00Z')
    let kept: Retainable[] = []
    let most = 0
    for (let at = begin; at <= NOW.getTime(); at += HOUR) {
      const now = new Date(at)
      kept = stays(judge([...kept, backup(now)], [rule(keep, zone)], now))
      most = Math.max(most, kept.length)
    }
    // 24 hours, 7 days, 4 weeks, 12 months and 2 years, of which some are the same.
    assert.ok(most <= 24 + 7 + 4 + 12 + 2, String(most))
    const older = starts(kept).slice(24)
    assert.deepEqual(older, [
      '2026-06-15T21:20',
      '2026-06-14T21:20',
      '2026-06-13T21:20',
      '2026-06-12T21:20',
      '2026-06-11T21:20',
      '2026-06-07T21:20',
      '2026-05-31T21:20',
      '2026-04-30T21:20',
      '2026-03-31T21:20',
      '2026-02-28T22:20',
      '2026-01-31T22:20',
      '2025-12-31T22:20',
      '2025-11-30T22:20',
      '2025-10-31T22:20',
      '2025-09-30T21:20',
      '2025-08-31T21:20',
      '2025-07-31T21:20',
    ])
  })

  test('each place of a rule is named, and a backup may hold several', () => {
    const judged = judge(every(12, 6), [rule({ last: 1, daily: 2, within: 1 })], NOW)
    assert.deepEqual(
      judged.map(one => one.keptBy),
      [
        ['last 1', 'daily 1', 'within 1 day', 'last good'],
        ['within 1 day'],
        ['daily 2', 'within 1 day'],
        [],
        [],
        [],
      ],
    )
  })

  test('days without a backup take no place', () => {
    const backups = ['2026-06-17', '2026-06-10', '2026-03-01', '2025-01-01', '2024-12-31'].map(
      day => backup(`${day}T02:00:00Z`),
    )
    assert.equal(stays(judge(backups, [rule({ daily: 4 })], NOW)).length, 4)
    assert.equal(stays(judge(backups, [rule({ yearly: 2 })], NOW)).length, 2)
  })

  test('when backups no longer come, nothing more goes, however long that lasts', () => {
    const keep = { daily: 3, within: 7 }
    const kept = stays(judge(every(24, 30), [rule(keep)], NOW))
    assert.equal(kept.length, 8)
    const later = new Date(NOW.getTime() + 1000 * DAY)
    assert.equal(stays(judge(kept, [rule(keep)], later)).length, 8)
  })

  test('a day, a week, a month and a year begin where the time zone says', () => {
    const backups = ['2025-12-31T22:30:00Z', '2025-12-31T23:30:00Z'].map(at => backup(at))
    for (const tier of ['daily', 'monthly', 'yearly'] as const) {
      assert.equal(stays(judge(backups, [rule({ [tier]: 2 }, 'Europe/Berlin')], NOW)).length, 2)
      assert.equal(stays(judge(backups, [rule({ [tier]: 2 }, 'UTC')], NOW)).length, 1)
    }
    // A Sunday and the Monday after it, over the end of a year.
    const week = ['2023-12-31T12:00:00Z', '2024-01-01T12:00:00Z', '2024-01-07T12:00:00Z'].map(at =>
      backup(at),
    )
    assert.deepEqual(starts(stays(judge(week, [rule({ weekly: 3 })], NOW))), [
      '2024-01-07T12:00',
      '2023-12-31T12:00',
    ])
  })

  test('an hour that clocks take away costs no backup, and one that comes twice counts twice', () => {
    const zone = 'Europe/Berlin'
    const over = (from: string, hours: number) =>
      every(1, hours, new Date(Date.parse(from) + hours * HOUR))
    const spring = over('2026-03-28T21:30:00Z', 8)
    assert.equal(stays(judge(spring, [rule({ hourly: 8 }, zone)], NOW)).length, 8)
    const autumn = over('2025-10-25T21:30:00Z', 8)
    assert.equal(stays(judge(autumn, [rule({ hourly: 8 }, zone)], NOW)).length, 8)
    // The day of 25 hours is one day, and so is that of 23.
    for (const [end, hours] of [
      ['2025-10-26T22:30:00Z', 25],
      ['2026-03-29T21:30:00Z', 23],
    ] as const) {
      const day = every(1, hours, new Date(end))
      assert.equal(stays(judge(day, [rule({ daily: 9 }, zone)], NOW)).length, 1)
      const longer = every(1, hours + 1, new Date(end))
      assert.equal(stays(judge(longer, [rule({ daily: 9 }, zone)], NOW)).length, 2)
    }
  })

  test('a clock that is set back lets nothing go, and then counts on', () => {
    const backups = every(24, 30)
    const before = new Date(NOW.getTime() - 365 * DAY)
    const judged = judge(backups, [rule({ last: 1 })], before)
    assert.ok(judged.every(one => one.keptBy.includes('from the future')))
    const [ahead] = judge([...backups, backup('2036-01-01')], [rule({ last: 1 })], NOW)
    assert.deepEqual(ahead?.keptBy, ['from the future'])
    assert.equal(
      stays(judge([...backups, backup('2036-01-01')], [rule({ last: 1 })], NOW)).length,
      2,
    )
  })

  test('the newest proven one stays beside the newest good one', () => {
    const backups = every(24, 10)
    const [, , , third, fourth] = backups
    const proven = new Set([third?.id, fourth?.id])
    const judged = judge(
      backups.map(one => Object.assign(one, { proven: proven.has(one.id) })),
      [rule({ last: 1 })],
      NOW,
    )
    assert.deepEqual(
      stays(judged).map(one => one.keptBy),
      [['last 1', 'last good'], ['last proven']],
    )
  })

  test('a rule in a time zone that nobody knows keeps all', () => {
    const judged = judge(every(24, 3), [rule({ last: 1 }, 'Mars/Base')], NOW)
    assert.equal(stays(judged).length, 3)
  })

  test('a rule is told in words', () => {
    assert.equal(
      keepWords({ within: 1, daily: 7, last: 2 }),
      'the last 2, 7 daily, all within 1 day',
    )
    assert.equal(keepWords(null), 'all, for ever')
  })
})

describe('what a rule comes to keep', () => {
  test('is about what a long life with it keeps', () => {
    const rules: Keep[] = [
      { last: 5 },
      { within: 3 },
      { daily: 7 },
      { hourly: 24, daily: 7, weekly: 4 },
      { last: 10, within: 5, weekly: 4, monthly: 6 },
      { weekly: 20, monthly: 12 },
    ]
    for (const keep of rules) {
      for (const hours of [1, 6, 24, 24 * 7]) {
        const told = outlook(keep, hours * 3600)
        assert.ok(told)
        const end = new Date('2026-06-17T23:30:00Z')
        const life = stays(
          judge(every(hours, Math.ceil((24 * 400) / hours), end), [rule(keep)], end),
        )
        const what = `${JSON.stringify(keep)} every ${hours} hours: ${JSON.stringify(told)}`
        assert.ok(Math.abs(told.backups - life.length) <= 2, `${what}, in life ${life.length}`)
        const oldest = life.at(-1)?.startedAt.getTime() ?? 0
        const days = (end.getTime() - oldest) / DAY
        assert.ok(Math.abs(told.days - days) <= Math.max(8, hours / 24), `${what}, in life ${days}`)
      }
    }
    assert.equal(outlook(null, 3600), undefined)
  })

  test('is worked out at once, however much that is', () => {
    const began = performance.now()
    const most = {
      last: 10_000,
      hourly: 10_000,
      daily: 4_000,
      weekly: 1_000,
      monthly: 240,
      yearly: 100,
      within: 40_000,
    }
    assert.ok((outlook(most, 60)?.backups ?? 0) > 50_000_000)
    assert.ok(performance.now() - began < 1_000)
  })
})
