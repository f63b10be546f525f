import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Fault } from '../../src/core/fault.ts'
import { FaultCode } from '../../src/core/fault-code.ts'
import * as classes from '../../src/core/faults.ts'
import { faults as inEnglish } from '../../web/src/i18n/en/faults.ts'
import { faults as inVietnamese, KINDS } from '../../web/src/i18n/vi/faults.ts'

/** What is typed at a shell, or sent by a program. */
const COMMAND = /`|(^|\s)--[a-z]|\bholdfast (?!knows|on)[a-z]|\b(GET|POST) \//
/** What the dashboard has no place for: it is done where the server runs, or by hand. */
const AT_A_SHELL = new Set(['ONLY_ON_HOST', 'OUTLINE_TOO_LARGE', 'WORKER_WITHOUT_CATALOG'])

/** Details of any kind: whatever is asked of them is `x`, but for what is named. */
const anyDetails = (named: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  new Proxy<Record<string, unknown>>(named, {
    get: (known, name) => (typeof name === 'string' && name in known ? known[name] : anything),
  })
const anything: unknown = new Proxy(() => anything, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 'x' : anything),
  apply: () => anything,
})

/** Each fault as it usually is, and with a hint of its own; two of these name commands. */
function* everyFault(): Generator<Fault> {
  yield new classes.InUse({ kind: 'x', name: 'x', by: 'x', hint: 'see: holdfast schedule list' })
  yield new classes.TargetUnfit({ server: 'x', lacks: 'x', hint: 'use one, or add --no-owner' })
  for (const OneOf of Object.values(classes)) {
    const Kind = OneOf as new (details: Record<string, unknown>) => Fault
    yield new Kind(anyDetails({ hint: undefined, problems: [], roots: ['x'] }))
    yield new Kind(anyDetails({ hint: 'do x', what: 'passphrase', problems: [], roots: ['x'] }))
  }
}

describe('what the dashboard says of faults', () => {
  test('has words of its own for every code in Vietnamese', () => {
    assert.deepEqual(Object.keys(KINDS).sort(), [...FaultCode.options, 'UNEXPECTED_ANSWER'].sort())
    const said = Object.values(KINDS).map(({ what }) => what)
    assert.equal(new Set(said).size, said.length)
    for (const [code, { what, hint }] of Object.entries(KINDS)) {
      assert.match(what, /^\p{Lu}.*[.]$/u, code)
      assert.match(hint, /^\p{Lu}.*[.]$/u, code)
    }
  })

  test('names no command where there is a button', () => {
    const shown = [...everyFault()].map(fault => {
      const { what, hint = '' } = inEnglish.of(fault)
      const { hint: next = '', detail = '' } = inVietnamese.of(fault)
      return { code: fault.code, hints: [hint, next, detail.replace(what, '')].join(' ') }
    })
    assert.ok(shown.length > 200)
    for (const { code, hints } of shown) {
      if (AT_A_SHELL.has(code)) assert.match(hints, COMMAND, `${code} is no exception any more`)
      else assert.doesNotMatch(hints, COMMAND, code)
    }
  })

  test('names in Vietnamese what a server lacks for a restore', () => {
    const lacks = (names: string) => {
      const { code, message } = new classes.TargetUnfit({ server: 'db', lacks: names, hint: 'x' })
      return inVietnamese.of({ code, message, hint: 'x' }).what
    }
    assert.equal(
      lacks('extensions dblink, hstore'),
      'Máy chủ db không có phần mở rộng: dblink, hstore.',
    )
    assert.equal(lacks('role ann'), 'Máy chủ db không có vai trò: ann.')
    assert.equal(lacks('ICU locales of databases'), KINDS.TARGET_UNFIT.what)
  })

  test('says in Vietnamese what is wrong with a field', () => {
    const problems = [
      { field: 'name', why: 'it is empty' },
      { field: 'port', why: 'too big: expected number to be <=65535' },
      { field: 'moon', why: 'it is made of cheese' },
    ]
    const fault = new classes.InvalidInput({ problems })
    assert.deepEqual(
      inVietnamese.of({ code: fault.code, message: fault.message, problems }).problems,
      [
        { field: 'name', why: 'mục này đang trống', lang: undefined },
        { field: 'port', why: 'không được lớn hơn 65535', lang: undefined },
        { field: 'moon', why: 'it is made of cheese', lang: 'en' },
      ],
    )
  })
})
