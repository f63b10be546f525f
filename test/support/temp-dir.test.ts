import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { test } from 'node:test'

const MODULE = join(import.meta.dirname, '..', '..', 'support', 'temp-dir.ts')
const PROGRAM = `
  import { writeFileSync } from 'node:fs'
  import { tempDir } from '${MODULE}'
  const dir = tempDir()
  writeFileSync(dir + '/file', '')
  process.stdin.once('data', () => { throw new Error('planned') })
  console.log(dir)`

for (const [how, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['an error', 1],
] as const) {
  test(`a temporary directory is gone when its process ends by ${how}`, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const [dir] = (await once(createInterface(child.stdout), 'line')) as [string]
    assert.ok(existsSync(join(dir, 'file')))
    const exit = once(child, 'exit')
    if (how === 'an error') child.stdin.write('now\n')
    else child.kill(how)
    assert.deepEqual((await exit)[0], code)
    assert.equal(existsSync(dir), false)
  })
}
