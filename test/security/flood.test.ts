import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PREFIX } from '../../src/api/mount.ts'
import { ApiSite } from '../api/site.ts'

describe('the record of what was refused', () => {
  let site: ApiSite
  before(async () => {
    site = await ApiSite.open()
  })
  after(() => site.close())

  const entries = async () =>
    (await site.test.catalog.query<{ count: number }>('select count(*)::int from audit_log'))[0]
      ?.count ?? 0

  test('is not for strangers to fill, whatever address they come from', async () => {
    const before = await entries()
    await Promise.all(
      Array.from({ length: 600 }, (_, n) =>
        site.port.inject({
          method: 'POST',
          url: `${PREFIX}/sources`,
          remoteAddress: `10.0.${n >> 8}.${n & 255}`,
          payload: { name: 'x'.repeat(1000) },
        }),
      ),
    )
    const written = (await entries()) - before
    assert.ok(written > 0 && written <= 110, `${written} entries`)
  })

  test('still has those of whoever is known', async () => {
    const viewer = await site.member('viewer').entered()
    const before = await entries()
    for (let n = 0; n < 3; n += 1) await viewer.send('POST', '/sources', {})
    assert.equal((await entries()) - before, 3)
  })
})
