import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FaultCode } from '../../src/core/fault-code.ts'
import { RepositoryLocked } from '../../src/core/faults.ts'
import { FINDING_HINTS, FINDINGS, sayFinding } from '../../src/core/findings.ts'
import { asFailure } from '../../src/core/run.ts'
import { line, RUN_LINES } from '../../src/core/run-lines.ts'
import { WARNINGS } from '../../src/core/warnings.ts'
import { faults as vietnamese } from '../../web/src/i18n/vi/faults.ts'
import {
  FINDINGS as FINDINGS_IN_VIETNAMESE,
  FINDING_HINTS as HINTS_IN_VIETNAMESE,
} from '../../web/src/i18n/vi/findings.ts'
import { RUN_LINES as LINES_IN_VIETNAMESE } from '../../web/src/i18n/vi/run-lines.ts'

type Table = Readonly<Record<string, (details: never) => string>>
type DetailsOf<All extends Table> = { readonly [Code in keyof All]: Parameters<All[Code]>[0] }
type WordsFor<Details> = { readonly [Code in keyof Details]: (details: Details[Code]) => string }
/** Words get a failure in words. */
type InWords<Details> = {
  readonly [Code in keyof Details]: Details[Code] extends { readonly failure: unknown }
    ? Omit<Details[Code], 'failure'> & { readonly why: string }
    : Details[Code]
}

// What the server does not give, they do not ask for: otherwise this does not compile.
const FINDING_WORDS: WordsFor<DetailsOf<typeof FINDINGS>> = FINDINGS_IN_VIETNAMESE
const LINE_WORDS: WordsFor<InWords<DetailsOf<typeof RUN_LINES>>> = LINES_IN_VIETNAMESE

const versions = { source: 15, tool: '17.4', target: '16.2' }
const kept = { database: 'shop_1', why: 'it is busy' }
const failure = asFailure(
  new RepositoryLocked({ what: '/backups', by: 'berth', since: '2026-05-01' }),
)

/** What stands in each sentence of the server. */
const OF_FINDINGS: DetailsOf<typeof FINDINGS> = {
  BACKUP_READABLE: { backup: '8d1f0c3e', tables: 3, rows: 1234 },
  LOGIN_ACCEPTED: { server: 'db:5432', user: 'ops' },
  CONNECTION_EXPOSED: { server: 'db:5432', hasPassword: true },
  VERSIONS_FIT: versions,
  VERSIONS_OLDER: versions,
  VERSIONS_UNSAFE: {
    ...versions,
    isOlder: true,
    fault: 'update it to 17.12 or later',
    update: '17.12',
  },
  MAY_CREATE_DATABASES: { user: 'ops' },
  TARGET_ABSENT: { database: 'shop@db:5432' },
  TARGET_EMPTY: { database: 'shop@db:5432' },
  TARGET_KEPT: {
    database: 'shop@db:5432',
    objects: [
      'extension',
      'function',
      'large object',
      'schema',
      'sequence',
      'table',
      'type',
      'view',
    ].map(kind => ({ kind, count: 2 })),
  },
  NOBODY_CONNECTED: { database: 'shop@db:5432' },
  CONNECTIONS_ENDED: {
    connections: [
      { user: 'ops', program: 'psql', address: '10.0.0.7', count: 3 },
      { user: 'ann', program: null, address: null, count: 1 },
    ],
  },
  LOCALE_THERE: undefined,
  EXTENSIONS_THERE: undefined,
  ROLES_THERE: undefined,
  OWNERS_KEPT: { user: 'ops' },
  OWNERS_DROPPED: { user: 'ops' },
  IS_SUPERUSER: { user: 'ops' },
  NO_SUPERUSER_NEEDED: undefined,
  SUPERUSER_NEEDED: {
    user: 'ops',
    eventTriggers: true,
    subscriptions: true,
    extensions: ['dblink'],
  },
  TABLESPACES_THERE: undefined,
  TABLESPACES_MISSING: { names: ['fast', 'slow'] },
  NO_SUBSCRIPTIONS: undefined,
  SUBSCRIPTIONS_DISABLED: { names: ['to_berlin', 'to_hue'] },
  SPACE_UNKNOWN: { dump: 5_000_000 },
  SPACE_ENOUGH: { dump: 5_000_000, free: 7_000_000 },
  SPACE_SHORT: { dump: 5_000_000, free: 2_000_000 },
}

const OF_LINES: DetailsOf<typeof RUN_LINES> = {
  QUEUED: { by: 'user ann' },
  SKIPPED: { failure },
  CLAIMED: undefined,
  RESUMED: undefined,
  ASKED_FOR: { what: 'release', by: 'user ann' },
  CANCELLED_BY: { by: 'user ann' },
  CANCEL_TOO_LATE: undefined,
  CANCEL_UNANSWERED: undefined,
  ATTEMPT_FAILED: { attempt: 2, failure },
  ATTEMPT_LOST: { failure },
  LOST_TOO_OFTEN: { times: 3, failure },
  RELEASED: { failure },
  NODE_STOPS: undefined,
  NODE_OUT_OF_TOUCH: undefined,
  DELETION_DUE: { backup: '8d1f0c3e', at: '2026-05-01T14:03:00.000Z' },
}

const session = { pid: 7, host: 'berth', startedAt: '2026-05-01T14:03:00.000Z' }
const OF_WARNINGS: {
  readonly [Name in keyof typeof WARNINGS]: readonly Parameters<(typeof WARNINGS)[Name]>[0][]
} = {
  spaceInDoubt: [
    { place: '/backups', free: '1.5 GB', expected: '2.0 GB' },
    { place: '/backups', free: '1.5 GB', expected: 'an unknown number of bytes' },
  ],
  passwordsLeftOut: [{ user: 'ops' }],
  globalsLeftOut: [{ why: 'pg_dumpall failed:\nit is tired' }],
  passwordInClear: [
    { where: 'user mapping', name: 'public.far' },
    { where: 'server', name: 'far' },
    { where: 'subscription', name: 'far' },
  ],
  localeUnsaid: [undefined],
  notTakenOver: [{ what: 'grants' }, { what: 'settings' }],
  leftoverNotDropped: [kept],
  besideNotRemoved: [kept],
  besideToDrop: [kept],
  emptyNotRemoved: [kept],
  viewLeftEmpty: [{ view: 'public.sums', why: 'division by zero', name: '"public"."sums"' }],
  settingLeftOut: [
    { setting: 'work_mem', role: null, why: 'it is no number' },
    { setting: 'work_mem', role: 'ops', why: 'it is no number' },
  ],
  swapUnknown: [{ target: 'shop@db:5432' }],
  backupUnknown: [{ repository: 'main' }],
  sessionSeen: [
    { kind: 'writer', ...session, isOld: true },
    { kind: 'reader', ...session, isOld: false },
    { kind: 'pruner', ...session, isOld: false },
  ],
  copyMissing: [{ copy: 'copies/8d1f0c3e' }],
  packsUnindexed: [{ packs: 1 }, { packs: 12 }],
}

/** These are warnings of a restore, too. */
const WARNED = [
  'CONNECTION_EXPOSED',
  'VERSIONS_OLDER',
  'VERSIONS_UNSAFE',
  'OWNERS_DROPPED',
  'TABLESPACES_MISSING',
  'SUBSCRIPTIONS_DISABLED',
] as const

const ENGLISH = /\b(the|is|are|of|by|with|from|and|not|undefined|null)\b/

/** Names and numbers of a sentence; of 5,000,000 bytes it has 5 MB. */
function* namesIn(details: unknown): Generator<string> {
  if (typeof details === 'string') yield details
  else if (typeof details === 'number') yield details.toLocaleString('vi').replace(/(.000)+$/, '')
  else if (typeof details === 'object')
    for (const one of Object.values(details ?? {})) yield* namesIn(one)
}

describe('what the server tells, in Vietnamese', () => {
  const say = (code: keyof typeof FINDINGS) =>
    sayFinding(code, ...([OF_FINDINGS[code]] as Parameters<(typeof FINDINGS)[typeof code]>))
  const codes = Object.keys(FINDINGS) as (keyof typeof FINDINGS)[]

  test('has words for every finding, with all that stands in it', () => {
    for (const code of codes) {
      const said = say(code)
      const { what, detail, lang } = vietnamese.of(said)
      assert.match(what, /^(\p{Lu}|db:).*[.]$/u, code)
      assert.doesNotMatch(what, ENGLISH, code)
      assert.deepEqual([detail, lang], [undefined, undefined], code)
      const { fault: _, ...details } = { fault: '', ...said.details }
      for (const name of namesIn(details)) {
        const word = /^(extension|function|large object|schema|sequence|table|type|view)$/.test(
          name,
        )
        assert.ok(word || what.includes(name), `${code}: ${what} lacks ${name}`)
      }
    }
    assert.deepEqual(Object.keys(FINDING_WORDS).sort(), codes.toSorted())
    assert.deepEqual(Object.keys(HINTS_IN_VIETNAMESE), Object.keys(FINDING_HINTS))
  })

  test('has words for every line of a run’s log', () => {
    for (const code of Object.keys(RUN_LINES) as (keyof typeof RUN_LINES)[]) {
      const said = line(code, ...([OF_LINES[code]] as Parameters<(typeof RUN_LINES)[typeof code]>))
      const told = vietnamese.line(said) ?? assert.fail(code)
      assert.doesNotMatch(told.what, ENGLISH, code)
      assert.equal(told.said, undefined, code)
    }
    assert.deepEqual(Object.keys(LINE_WORDS).sort(), Object.keys(RUN_LINES).sort())
  })

  test('knows each warning by its sentence, also in old records', () => {
    const texts = Object.entries(OF_WARNINGS).flatMap(([name, all]) =>
      all.map(
        details => (WARNINGS as Record<string, (given: unknown) => string>)[name]?.(details) ?? '',
      ),
    )
    for (const message of [...texts, ...WARNED.map(code => say(code).message)]) {
      const { what, said } = vietnamese.line({ message }) ?? assert.fail(message)
      assert.doesNotMatch(what, ENGLISH, message)
      assert.match(what, said === undefined ? /[.]$/ : /:$/)
    }
    for (const code of WARNED) {
      const { message, ...said } = say(code)
      assert.equal(vietnamese.line({ message })?.what, vietnamese.of({ message, ...said }).what)
    }
  })

  test('leaves as it stands what nobody here has worded', () => {
    const message = 'pg_restore: warning: the moon is made of cheese'
    assert.equal(vietnamese.line({ message }), undefined)
    assert.equal(vietnamese.line({ message, code: 'OF_TOMORROW', details: {} }), undefined)
    const unknown = { code: 'OF_TOMORROW', message: 'x', retry: false }
    assert.equal(vietnamese.line(line('RELEASED', { failure: unknown })), undefined)
    assert.equal(vietnamese.of({ code: 'OF_TOMORROW', message }).lang, 'en')
  })

  test('has no code twice', () => {
    const all = [...codes, ...Object.keys(RUN_LINES), ...FaultCode.options]
    assert.equal(new Set(all).size, all.length)
  })
})
