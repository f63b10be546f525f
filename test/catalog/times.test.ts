import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestCatalog } from '../../support/catalog.ts'

/** As they are typed, and as programs get them. */
const TIMES: readonly (readonly [typed: string, got: Date | number])[] = [
  ['2026-01-02 03:04:05.678901+00', new Date('2026-01-02T03:04:05.678Z')],
  ['1999-12-31 23:59:59.9999+00', new Date('1999-12-31T23:59:59.999Z')],
  ['2026-03-29 03:00:00+02', new Date('2026-03-29T01:00:00Z')],
  ['0099-01-01 00:00:00+00', new Date('0099-01-01T00:00:00Z')],
  ['0044-03-15 12:00:00+00 BC', new Date('-000043-03-15T12:00:00Z')],
  ['12026-01-02 03:04:05+00', new Date('+012026-01-02T03:04:05Z')],
  ['infinity', Number.POSITIVE_INFINITY],
  ['-infinity', Number.NEGATIVE_INFINITY],
]

test('moments are read as they are, in whatever time zone a session has', async t => {
  const { catalog } = await openTestCatalog(t)
  for (const zone of ['UTC', 'Asia/Kathmandu', 'America/New_York']) {
    const read = await catalog.transaction(async sql => {
      await sql.query(`set local time zone '${zone}'`)
      return await sql.query<{ at: Date | number }>('select unnest($1::timestamptz[]) as at', [
        TIMES.map(([typed]) => typed),
      ])
    })
    assert.deepEqual(
      read.map(({ at }) => at),
      TIMES.map(([, got]) => got),
      zone,
    )
  }
})
