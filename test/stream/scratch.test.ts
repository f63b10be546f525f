import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { tempDir } from '../../support/temp-dir.ts'

const SCRATCH = join(import.meta.dirname, '..', '..', 'src', 'stream', 'scratch.ts')
/** Makes a directory, says which, and lives until its stdin ends. */
const MAKER = `
  const { scratchDirectory } = await import(${JSON.stringify(SCRATCH)})
  console.log(await scratchDirectory())
  process.stdin.resume()`

const dir = tempDir()

/** A process that has made a directory. */
async function maker() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', MAKER], {
    env: { ...process.env, TMPDIR: dir },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const end = async (how: () => unknown) => {
    how()
    await once(child, 'close')
  }
  return { child, end, path: line.toString().trim() }
}

test('what a killed process left is removed by the next one, and nothing else', async () => {
  const foreign = join(dir, 'holdfast-0.1-abcdef')
  mkdirSync(foreign)
  const killed = await maker()
  const alive = await maker()
  assert.equal(statSync(killed.path).mode & 0o777, 0o700)
  await killed.end(() => killed.child.kill('SIGKILL'))
  assert.ok(existsSync(killed.path))
  const next = await maker()
  assert.deepEqual(
    [killed.path, alive.path, next.path, foreign].map(path => existsSync(path)),
    [false, true, true, true],
  )
  for (const one of [alive, next]) await one.end(() => one.child.stdin.end())
})
