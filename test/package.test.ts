import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { tempDir } from '../support/temp-dir.ts'
import { startHoldfast } from './support/holdfast.ts'
import { answer, eventually, newDataDir, postgresOf } from './support/server.ts'

const ROOT = join(import.meta.dirname, '..')
const run = promisify(execFile)
/** npm would leave a cache of its own code in the temporary directory. */
const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }

const CONSUMER = `
import { Repository } from 'holdfast'
export const open: typeof Repository.open = (storage, key, options, signal) =>
  Repository.open(storage, key, options, signal)
// @ts-expect-error: a repository has a face, it is not \`any\`
export const wrong: number = Repository.open

import { createClient, each, type Run } from 'holdfast/client'
const client = createClient({ server: 'http://127.0.0.1:7420', key: 'hf_key' })
export const runs: AsyncGenerator<Run> = each(client.listRuns, { state: 'failed' })
// @ts-expect-error: a run is a backup, a restore, a verify or a check
export const started = client.startRun({ kind: 'dance' })
`

describe('the package as others install it', () => {
  let consumer = ''

  before(async () => {
    const packed = tempDir()
    consumer = tempDir()
    // As `npm pack` does it by itself; the dashboard is built before the tests, and looked at by others meanwhile.
    await run('npm', ['run', 'build'], { cwd: ROOT, env })
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', packed], { cwd: ROOT, env })
    const [tarball = ''] = readdirSync(packed)
    writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }')
    // The cache of `npm ci` has it all, or else npm asks its registry.
    const install = ['install', '--prefer-offline', '--no-audit', '--no-fund']
    await run('npm', [...install, join(packed, tarball)], { cwd: consumer, env })
  })

  test('its command runs on the pinned runtime', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      version: string
    }
    const command = join(consumer, 'node_modules', '.bin', 'holdfast')
    const { stdout } = await run(command, ['--version'], { cwd: '/' })
    assert.equal(stdout.trim(), version)
  })

  test('its server starts from nothing', async t => {
    const dataDir = newDataDir()
    const server = startHoldfast(['serve'], {
      program: join(consumer, 'node_modules', '.bin', 'holdfast'),
      env: { HOLDFAST_DATA_DIR: dataDir, HOLDFAST_PORT: '0' },
      cwd: '/',
    })
    t.after(() => server.child.kill('SIGKILL'))
    const socket = join(dataDir, 'holdfast.sock')
    await eventually('a server that is ready', async () => {
      assert.equal(server.child.exitCode, null, server.stderr())
      return (await answer(socket, '/health/ready')).status === 200
    })
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(server.stderr())?.[0]
    const page = await (await fetch(`${address}/sources`)).text()
    const [, script] = /<script type="module"[^>]* src="([^"]+)"/.exec(page) ?? []
    assert.equal((await fetch(`${address}${script}`)).status, 200)
    server.child.kill('SIGTERM')
    assert.equal((await server.ended).code, 0, server.stderr())
    assert.equal(postgresOf(dataDir), undefined)
  })

  test('a TypeScript program can import it', async () => {
    writeFileSync(join(consumer, 'consumer.ts'), CONSUMER)
    const options = {
      strict: true,
      noEmit: true,
      target: 'esnext',
      module: 'nodenext',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules', '@types')],
    }
    const config = { compilerOptions: options, files: ['consumer.ts'] }
    writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
    const { stdout } = await run(tsc, [], { cwd: consumer }).catch(
      (error: { stdout: string }) => error,
    )
    assert.equal(stdout, '')
  })

  test('a JavaScript program can import it', async () => {
    const script = `import { Repository } from 'holdfast'; console.log(typeof Repository.open)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: consumer,
    })
    assert.equal(stdout.trim(), 'function')
  })

  test('its client can be imported where nothing of Node is', async () => {
    const folder = join(consumer, 'node_modules', 'holdfast', 'dist', 'client')
    for (const file of readdirSync(folder).filter(name => name.endsWith('.js'))) {
      assert.doesNotMatch(
        readFileSync(join(folder, file), 'utf8'),
        /from '(?!\.\/|socket\.io-client')/,
        file,
      )
    }
    const script = `import { createClient } from 'holdfast/client'; console.log(typeof createClient().startRun)`
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      cwd: consumer,
    })
    assert.equal(stdout.trim(), 'function')
  })

  test('it brings what the files promise, and no sources or tests', () => {
    const found = readdirSync(join(consumer, 'node_modules', 'holdfast')).sort()
    assert.deepEqual(
      found.filter(name => !['CHANGELOG.md', 'README.md', 'LICENSE'].includes(name)),
      ['bin', 'dist', 'docs', 'package.json', 'web'],
    )
    const web = readdirSync(join(consumer, 'node_modules', 'holdfast', 'web'))
    assert.deepEqual(web, ['dist'])
  })
})
