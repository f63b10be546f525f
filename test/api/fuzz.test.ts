import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz, summary } from './fuzz/fuzz.ts'
import { openTarget } from './fuzz/site.ts'

// `npm run fuzz` sends many more, for as long as it may take.
test('whatever is sent to the API, it answers as it says', async t => {
  const { site, target } = await openTarget()
  t.after(() => site.close())
  const { sent, findings, done } = await fuzz(target, {
    seed: 20_260_501,
    requests: 3_000,
    seconds: 20,
  })
  assert.equal(summary(findings), '')
  // It was no shadow-boxing: much of it was carried out.
  assert.ok(sent > 500 && done.size > 30, `${sent} requests, ${done.size} operations`)
  const { status } = await site.send('GET', '/scheduler')
  assert.equal(status, 200)
})
