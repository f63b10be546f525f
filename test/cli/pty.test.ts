import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { widthOf } from '../../src/cli/terminal/text.ts'
import { loadShop } from '../../support/shop.ts'
import { HOLDFAST, PASSPHRASE, Site, until } from './site.ts'

const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const ODD = 'evil\x1b[31mred\nname'

describe('on a terminal', () => {
  let site: Site
  before(async () => {
    site = await Site.open()
    await loadShop(site.server, 'shop', 0.01)
    await site.server.query('shop', `create table "${ODD}" (i int)`)
    await site.init()
    await site.expect(0, ['backup', '--source', 'env:DB_SHOP'])
  })
  after(() => site.close())

  /** A command under a terminal of its own; stdin is its keyboard. */
  function onTerminal(columns: number, args: readonly string[], env: Record<string, string> = {}) {
    const command = `stty cols ${columns} rows 24; exec "$HOLDFAST" ${args.join(' ')}`
    const { HOLDFAST_PASSPHRASE: _, ...given } = { ...site.env, ...env }
    const urls = { DB_SHOP: site.server.url('shop'), DB_COPY: site.server.url('copy') }
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm', HOLDFAST, ...urls, ...given },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    const ended = once(child, 'close').then(([code]) => ({ code: code as number, output }))
    return { child, output: () => output, ended }
  }

  /** Every line and every redrawn line, as seen. */
  const seen = (output: string): string[] => stripVTControlCharacters(output).split(/[\r\n]+/)

  for (const columns of [40, 80, 200]) {
    test(`a backup at ${columns} columns redraws within the width and gives the cursor back`, async () => {
      const { code, output } = await onTerminal(columns, ['backup', '--source', 'env:DB_SHOP'])
        .ended
      assert.equal(code, 0)
      const live = output.slice(output.indexOf(HIDE_CURSOR), output.lastIndexOf(SHOW_CURSOR))
      for (const line of seen(live)) assert.ok(widthOf(line) < columns, line)
      assert.match(live, /\d+ %/)
      assert.ok(output.lastIndexOf(SHOW_CURSOR) > output.lastIndexOf(HIDE_CURSOR))
      assert.match(output, /backup .*[0-9a-f]{8}.* is complete/)
    })

    test(`lists and tables at ${columns} columns fit, and hold no foreign escape`, async () => {
      for (const args of [['list'], ['show', 'latest'], ['keys', 'list']]) {
        const { code, output } = await onTerminal(columns, args).ended
        assert.equal(code, 0)
        const rows = seen(output).filter(line => /^([0-9a-f]{8} |shop\.|ID |TABLE )/.test(line))
        assert.ok(rows.length > 1)
        for (const line of rows) assert.ok(widthOf(line) <= columns, line)
        assert.ok(!output.includes('\x1b[31mred'))
      }
    })
  }

  test('without colour where NO_COLOR is set, in plain lines where the terminal is dumb', async () => {
    const noColor = await onTerminal(80, ['list'], { NO_COLOR: '1' }).ended
    assert.ok(!noColor.output.includes('\x1b['))
    const args = ['verify', 'latest', '--against', 'env:DB_SHOP']
    const dumb = await onTerminal(80, args, { TERM: 'dumb' }).ended
    assert.match(dumb.output, /^preparing\r\nreading\r\nverifying\r\nshop@.* is what backup/)
  })

  test('a passphrase is asked for without being shown', async () => {
    const asked = onTerminal(80, ['list'], { HOLDFAST_RECOVERY_KEY: '' })
    await until(() => (asked.output().includes('Passphrase: ') ? true : undefined))
    asked.child.stdin.write(`${PASSPHRASE}x\x7f\r`)
    const { code, output } = await asked.ended
    assert.equal(code, 0)
    assert.ok(!output.includes(PASSPHRASE.slice(0, 7)))
    assert.match(output, /shop@/)
  })

  test('a new passphrase is asked for twice, and must be the same', async () => {
    const place = join(site.dir, 'typed')
    for (const [again, expected] of [
      ['another passphrase', 2],
      [PASSPHRASE, 0],
    ] as const) {
      const env = { HOLDFAST_RECOVERY_KEY: '', HOLDFAST_REPOSITORY: place }
      const asked = onTerminal(80, ['init'], env)
      await until(() => (asked.output().includes('new repository: ') ? true : undefined))
      asked.child.stdin.write(`${PASSPHRASE}\r`)
      await until(() => (asked.output().includes('Once more: ') ? true : undefined))
      asked.child.stdin.write(`${again}\r`)
      const { code, output } = await asked.ended
      assert.equal(code, expected, output)
      assert.equal(existsSync(place), expected === 0)
    }
  })

  test('Ctrl-C gives the cursor back and ends with 130', async () => {
    await site.server.query('postgres', 'create database slow')
    await site.server.query(
      'slow',
      `create function slow(i int) returns int language sql immutable as 'select i from pg_sleep(0.2)';
       create table t (i int check (slow(i) = i)); insert into t values (1), (2), (3), (4), (5)`,
    )
    await site.expect(0, ['backup', '--source', 'env:DB_SLOW'])
    const running = onTerminal(80, ['restore', 'latest:slow', '--target', 'env:DB_COPY'])
    await until(() => (running.output().includes('loading') ? true : undefined))
    running.child.stdin.write('\x03')
    const { code, output } = await running.ended
    assert.equal(code, 130)
    assert.ok(output.lastIndexOf(SHOW_CURSOR) > output.lastIndexOf(HIDE_CURSOR))
    assert.ok(!(await site.databases()).some(name => name.startsWith('copy')))
  })

  test('a binary dump is kept off the terminal, text is not', async () => {
    const refused = await onTerminal(80, ['export', 'latest:shop']).ended
    assert.equal(refused.code, 2)
    assert.match(refused.output, /a binary dump does not belong on a terminal/)
    const shown = await onTerminal(80, ['export', 'latest:shop', '--stream', 'outline']).ended
    assert.equal(shown.code, 0)
    assert.match(shown.output, /"tables":/)
  })
})
