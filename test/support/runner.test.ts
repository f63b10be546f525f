import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { tempDir } from '../../support/temp-dir.ts'
import { type Outcome, runStep, runTestFile } from './runner.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** How a test file with this content ends; what it leaves behind has half a second. */
async function outcomeOf(content: string): Promise<Outcome> {
  const file = join(tempDir(), 'some.test.mjs')
  writeFileSync(file, `import { after, describe, test } from 'node:test'\n${content}`)
  return await runTestFile(file, ROOT, 500)
}

async function assertOutcome(content: string, passed: number, failures: string[]): Promise<void> {
  const outcome = await outcomeOf(content)
  assert.deepEqual([outcome.passed, outcome.failures], [passed, failures], outcome.output)
}

describe('the test command counts', () => {
  test('every test once, and no frame', async () => {
    await assertOutcome(
      `describe('frame', () => { test('a', () => {}); test('b', () => { throw new Error('no\\n luck') }) })
       test('c', () => {})`,
      2,
      ['b: no luck'],
    )
  })

  test('a hook that fails', async () => {
    await assertOutcome(
      `describe('frame', () => { test('a', () => {}); after(() => { throw new Error('why') }) })`,
      1,
      ['frame: why'],
    )
  })

  test('what is skipped as skipped, not as passed', async () => {
    const outcome = await outcomeOf(`test('a', () => {}); test.skip('b', () => {})`)
    assert.deepEqual([outcome.passed, outcome.skipped, outcome.failures], [1, 1, []])
  })

  test('a file that ends before its tests do', async () => {
    await assertOutcome(`test('a', () => new Promise(() => setTimeout(process.exit, 200, 0)))`, 0, [
      'ended before its tests did (last begun: a)',
    ])
    await assertOutcome(`throw new Error()`, 0, [
      'ended by exit code 1 before its tests did (none began)',
    ])
    await assertOutcome(``, 0, ['ended before its tests did (none began)'])
  })

  test('an error that comes after the tests', async () => {
    await assertOutcome(`test('a', () => { setTimeout(() => { throw new Error() }, 10) })`, 1, [
      'ended by exit code 1',
    ])
  })

  test('a process that is left behind, and ends it', async () => {
    const content = `
      import { spawn } from 'node:child_process'
      test('a', () => spawn('sleep', ['1234'], { detached: true, stdio: 'inherit' }).unref())`
    const first = await outcomeOf(content)
    assert.deepEqual(first.failures, ['left a process behind: sleep 1234 '])
  })

  test('a file that is left behind', async () => {
    const content = `
      import { mkdtempSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      test('a', () => { mkdtempSync(tmpdir() + '/left-') })`
    const { failures } = await outcomeOf(content)
    assert.equal(failures.length, 1)
    assert.match(failures[0] ?? '', /^left a file behind: left-/)
  })

  test('a tool as one, by its exit code', async () => {
    const good = await runStep('types', ['tsc', '--version'], ROOT)
    assert.deepEqual([good.passed, good.failures], [1, []])
    const bad = await runStep('types', ['tsc', '--no-such-option'], ROOT)
    assert.deepEqual([bad.passed, bad.failures], [0, ['ended by exit code 1']])
    assert.match(bad.output, /no-such-option/)
  })
})
