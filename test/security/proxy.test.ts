import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newDataDir, startServer, sweep } from '../support/server.ts'

test('a server that does not know its proxy with TLS says so, one that does says nothing', async t => {
  const said = async (env: Record<string, string>) => {
    const server = await startServer(newDataDir(), { HOLDFAST_URL: 'https://b.example', ...env })
    t.after(() => sweep(server))
    await server.ready()
    return server.stderr()
  }
  const warning = /cookies are given as without TLS/
  assert.match(await said({}), warning)
  assert.doesNotMatch(await said({ HOLDFAST_TRUSTED_PROXIES: '127.0.0.1' }), warning)
})
