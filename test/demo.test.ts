import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import process from 'node:process'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { collect } from '../src/stream/bytes.ts'
import { DemoSite } from './support/demo.ts'

describe('the tour of the command line', () => {
  let site: DemoSite

  beforeEach(() => {
    site = new DemoSite()
  })
  afterEach(() => site.remove())

  const start = (...args: string[]) => site.start('demo/tour/main.ts', '--scale', '0.005', ...args)

  async function play(...args: string[]) {
    const { child, exit } = start(...args)
    const said = await Promise.all([collect(child.stdout), collect(child.stderr)])
    const [code] = await exit
    const [stdout = '', stderr = ''] = said.map(bytes => Buffer.from(bytes).toString())
    return { code, stdout, stderr }
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
    await site.assertNothingIsLeft()
  })

  test('keeps what it made where it says, until it is stopped as it says', async () => {
    const { code, stdout, stderr } = await play('--keep')
    assert.equal(code, 0, stderr)
    const environment = /^ {2}\. (\S+)$/m.exec(stdout)?.[1] ?? ''
    const list = spawn('/bin/sh', ['-c', `. ${environment} && holdfast list`])
    assert.match(Buffer.from(await collect(list.stdout)).toString(), /^2 backups of 1 database$/m)
    const keeper = Number(/^ {2}kill (\d+)$/m.exec(stdout)?.[1])
    process.kill(keeper)
    await site.assertNothingIsLeft()
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const { child, exit } = start()
    for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      if (text.includes('$ holdfast backup')) child.kill('SIGINT')
    }
    assert.deepEqual(await exit, [130, null])
    await site.assertNothingIsLeft()
  })
})
