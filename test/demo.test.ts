import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { collect } from '../src/stream/bytes.ts'

const ROOT = join(import.meta.dirname, '..')
const LEAVING_MS = 10_000

describe('the demo', () => {
  let scratch = ''

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'demo-test-'))
    chmodSync(scratch, 0o1777) // the server runs as another user
  })
  afterEach(() => rmSync(scratch, { recursive: true }))

  function start(...args: string[]) {
    const child = spawn(process.execPath, ['demo/main.ts', '--scale', '0.005', ...args], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return { child, exit: once(child, 'exit') as Promise<[number | null, string | null]> }
  }

  async function play(...args: string[]) {
    const { child, exit } = start(...args)
    const said = await Promise.all([collect(child.stdout), collect(child.stderr)])
    const [code] = await exit
    const [stdout = '', stderr = ''] = said.map(bytes => Buffer.from(bytes).toString())
    return { code, stdout, stderr }
  }

  /** What is left of a demo: its files, and processes that have to do with them. */
  function leftovers(): string[] {
    return [...readdirSync(scratch), ...processesOf(scratch)]
  }

  async function nothingIsLeft(): Promise<void> {
    const deadline = performance.now() + LEAVING_MS
    while (leftovers().length > 0 && performance.now() < deadline) await sleep(20)
    assert.deepEqual(leftovers(), [])
  }

  test('shows backup, change, restore and proof, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await play()
    assert.equal(code, 0, stderr)
    const stored = [...stdout.matchAll(/^ {2}stored .* \((\d+\.\d) % of the dump\)/gm)]
    const [first = 0, second = 0] = stored.map(match => Number(match[1]))
    assert.equal(stored.length, 2)
    // How much less differs from repository to repository: each cuts at places of its own.
    assert.ok(second < first * 0.8, `${second} % after ${first} %`)
    assert.match(stdout, /^\+ added .* shop\.coupons /m)
    assert.match(stdout, /^backup \w+ is restored as shop_copy@/m)
    assert.match(stdout, /^shop_copy@\S+ is what backup \w+ holds: 13 tables/m)
    assert.match(stdout, /^shop_copy@\S+ differs from backup \w+ in 1 place/m)
    assert.match(stdout, /everything was read and is whole$/m)
    assert.ok(!(stdout + stderr).includes('\x1b'), 'a pipe gets no colours')
    await nothingIsLeft()
  })

  test('keeps what it made where it says, until it is stopped as it says', async () => {
    const { code, stdout, stderr } = await play('--keep')
    assert.equal(code, 0, stderr)
    const environment = /^ {2}\. (\S+)$/m.exec(stdout)?.[1] ?? ''
    const list = spawn('/bin/sh', ['-c', `. ${environment} && holdfast list`])
    assert.match(Buffer.from(await collect(list.stdout)).toString(), /^2 backups of 1 database$/m)
    const keeper = Number(/^ {2}kill (\d+)$/m.exec(stdout)?.[1])
    process.kill(keeper)
    await nothingIsLeft()
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const { child, exit } = start()
    for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      if (text.includes('$ holdfast backup')) child.kill('SIGINT')
    }
    assert.deepEqual(await exit, [130, null])
    await nothingIsLeft()
  })
})

/** The processes whose command or environment names a directory. */
function processesOf(directory: string): string[] {
  const numbers = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return numbers.flatMap(pid => {
    try {
      const [command = '', environment = ''] = ['cmdline', 'environ'].map(file =>
        readFileSync(join('/proc', pid, file), 'utf8'),
      )
      return (command + environment).includes(directory) ? [command.replaceAll('\0', ' ')] : []
    } catch {
      // It ended while we looked, or belongs to somebody else.
      return []
    }
  })
}
