import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Budgets } from '../../src/api/budget.ts'
import { Reception } from '../../src/api/reception.ts'
import { addApiKey, removeApiKey } from '../../src/catalog/api-keys.ts'
import type { Sql } from '../../src/catalog/db.ts'
import { openTestCatalog } from '../../support/catalog.ts'

/** A catalog whose answers are late: each is there when it is let go. */
function late(sql: Sql) {
  const held: (() => void)[] = []
  let asked = 0
  const query: Sql['query'] = async (text, values) => {
    asked += 1
    const rows = await sql.query(text, values)
    await new Promise<void>(resolve => held.push(resolve))
    return rows as never
  }
  const letGo = async (which: () => boolean) => {
    while (!which()) {
      for (const go of held.splice(0)) go()
      await new Promise(setImmediate)
    }
  }
  return { sql: { query }, asked: () => asked, isHeld: () => held.length > 0, letGo }
}

test('requests of a caller that come in meanwhile are looked up once, and after all of them came in', async t => {
  const { catalog } = await openTestCatalog(t)
  const { key } = await addApiKey(catalog, { name: 'busy', role: 'viewer', days: null })
  // Its use is noted, so that a look-up is one statement.
  await catalog.query('update api_keys set last_used_at = clock_now()')
  const slow = late(catalog)
  const reception = new Reception(slow.sql, { is: 'port' }, new Budgets(0))
  const headers = { authorization: `Bearer ${key.reveal()}` }
  const ask = async () => {
    try {
      return (await reception.letIn({ headers, address: '127.0.0.1', isSecure: false })).actor
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  const first = ask()
  while (!slow.isHeld()) await new Promise(setImmediate)
  await removeApiKey(catalog, 'busy')
  const later = Array.from({ length: 50 }, ask)
  let isOver = false
  const all = Promise.all([first, ...later]).finally(() => (isOver = true))
  await slow.letGo(() => isOver)
  const [before, ...after] = await all
  assert.equal(before, 'api key busy')
  assert.deepEqual(new Set(after), new Set(['KEY_REQUIRED']))
  assert.equal(slow.asked(), 2)
})
