import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { holdfast } from '../support/holdfast.ts'
import { newDataDir, startServer, sweep, type TestServer } from '../support/server.ts'

test('the secret key is changed while the server is stopped, and then only', async () => {
  const dataDir = newDataDir()
  const env = { HOLDFAST_DATA_DIR: dataDir }
  const keyFile = join(dataDir, 'secret.key')
  let server: TestServer = await startServer(dataDir)
  after(() => sweep(server))
  await server.ready()
  const url = 'postgres://ops:canary@db.example.org/shop'
  const source = await holdfast(['source', 'add', 'shop', '--source', 'env:SHOP'], {
    ...env,
    SHOP: url,
  })
  assert.equal(source.code, 0, source.stderr)
  const before = readFileSync(keyFile, 'utf8')
  const refused = await holdfast(['secret-key', 'rotate', '--json'], env)
  assert.equal(refused.code, 11, refused.stdout)
  assert.equal(readFileSync(keyFile, 'utf8'), before)
  server.child.kill('SIGTERM')
  assert.equal((await server.ended).code, 0)
  const changed = await holdfast(['secret-key', 'rotate', '--json'], env)
  assert.equal(changed.code, 0, changed.stderr)
  const { values, oldPath } = JSON.parse(changed.stdout) as { values: number; oldPath: string }
  assert.equal(values, 1)
  assert.equal(readFileSync(oldPath, 'utf8'), before)
  assert.notEqual(readFileSync(keyFile, 'utf8'), before)
  assert.ok(!existsSync(join(dataDir, 'holdfast.pid')))
  server = await startServer(dataDir)
  await server.ready()
  const tested = await holdfast(['source', 'edit', 'shop', '--name', 'store'], env)
  assert.equal(tested.code, 0, tested.stderr)
  const log = await holdfast(['audit', '--json'], env)
  assert.match(log.stdout, /"secret-key\.rotate"/)
})
