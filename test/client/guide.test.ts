import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { listenOnPort } from '../../src/api/app.ts'
import { Worker } from '../../src/jobs/worker.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { ApiSite } from '../api/site.ts'
import { childEnv } from '../support/processes.ts'
import { QUICK, SILENT } from '../support/run-site.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const RUNNER = join(ROOT, 'src', 'runner.ts')
const run = promisify(execFile)

let site: ApiSite
let worker: Worker
before(async () => {
  site = await ApiSite.open()
  await listenOnPort(site.port, '127.0.0.1', 0)
  await site.addShop()
  const { catalog, server } = site.test
  worker = new Worker({
    catalog,
    vault: site.vault,
    node: { id: randomUUID(), host: hostname(), pid: process.pid, version: '0.0.0', maxRuns: 1 },
    runner: { program: process.execPath, env: childEnv(site.dir), args: [RUNNER] },
    engines: { path: server.bin, pgBin: server.bin },
    cores: 1,
    log: SILENT,
    timing: QUICK,
  })
  await worker.start()
})
after(async () => {
  await worker.stop({ graceMs: 0 })
  await site.close()
})

/** All code of the guide as one program, that asks this server. */
function program(): string {
  const guide = readFileSync(join(ROOT, 'docs', 'guide', 'client.md'), 'utf8')
  const parts = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
  assert.equal(parts.length, 5)
  const { port } = site.port.server.address() as AddressInfo
  return parts
    .join('\n')
    .replace('http://127.0.0.1:7420', `http://127.0.0.1:${port}`)
    .replace("'holdfast/client'", `'${join(ROOT, 'src', 'client', 'index.ts')}'`)
}

test('the code of the guide does what it says', async () => {
  const cwd = tempDir()
  symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules'))
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(cwd, 'guide.ts'), program())
  const env = { ...process.env, HOLDFAST_API_KEY: site.key.reveal() }
  const { stdout } = await run(process.execPath, ['guide.ts'], { cwd, env })
  assert.match(stdout, /^NOT_FOUND: there is no source called nix$/m)
  assert.match(readFileSync(join(cwd, 'runs.csv'), 'utf8'), /shop/)
})
