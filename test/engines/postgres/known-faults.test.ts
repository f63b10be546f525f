import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unsafePrograms } from '../../../src/engines/index.ts'
import { knownFault } from '../../../src/engines/postgres/known-faults.ts'
import { majorOf, type ToolName } from '../../../src/engines/postgres/tools.ts'
import { oldPrograms } from '../../support/old-programs.ts'

const of = (version: string, name: ToolName = 'pg_restore') =>
  knownFault(name, { program: `/usr/bin/${name}`, version, major: majorOf(version) })?.fault

describe('programs with known security faults', () => {
  test('are told with what mends them', () => {
    assert.equal(
      of('15.18'),
      'pg_restore 15.18 has known security faults, among them CVE-2026-116314: update it to 15.20 or later',
    )
    assert.match(of('18beta1') ?? '', /update it to 18\.7/)
  })

  test('are told where nobody mends them any more', () => {
    for (const version of ['9.6.24', '13.23']) {
      assert.match(of(version) ?? '', /nobody mends any more: install the client of PostgreSQL 14/)
    }
  })

  test('are none that have them mended, or of which nothing is known', () => {
    for (const version of ['14.25', '15.20', '16.16', '17.12', '18.7', '18.10', '19.0', '99.1']) {
      assert.equal(of(version), undefined, version)
      assert.equal(of(version, 'pg_dump'), undefined, version)
    }
  })

  test('are each told of their own', () => {
    assert.equal(of('15.18', 'pg_dump'), undefined)
    assert.match(of('15.17', 'pg_dump') ?? '', /CVE-2026-6477: update it to 15\.18/)
    assert.equal(of('9.6.24', 'pg_dumpall'), undefined)
  })

  test('are found on this machine', async () => {
    const settings = { pgBin: oldPrograms('15.2'), path: '' }
    const found = await unsafePrograms(settings, new AbortController().signal)
    assert.match(found.join('\n'), /pg_dump 15\.2 has known.*\n(?:.*\n)*pg_restore 15\.2 has known/)
  })
})
