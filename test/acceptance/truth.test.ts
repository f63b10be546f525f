import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../../support/postgres.ts'
import { loadShop } from '../../support/shop.ts'
import { Site } from '../cli/site.ts'
import { childOf, DUMPING } from '../support/processes.ts'

interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly hint: string }
}
interface Made {
  readonly backup: { readonly id: string; readonly bytes: number; readonly seconds: number }
}

const BACKUP = ['backup', '--source', 'env:DB_SHOP', '--json']

describe('a dump that is not whole is never a backup', () => {
  let site: Site
  let good: Made['backup']
  before(async () => {
    site = await Site.open()
    await site.init()
    await loadShop(site.server, 'shop', 0.02)
    good = (await site.json<Made>(0, BACKUP)).backup
  })
  after(() => site.close())

  const listed = async (): Promise<string[]> => {
    const { backups } = await site.json<{ backups: { id: string }[] }>(0, ['list'])
    return backups.map(one => one.id)
  }

  /** A directory for HOLDFAST_PG_BIN, whose pg_dump makes the dump of the real one pass through `filter`. */
  function pgBin(name: string, filter: string): Record<string, string> {
    const dir = join(site.dir, name)
    const real = join(site.server.bin, 'pg_dump')
    mkdirSync(dir)
    writeFileSync(
      join(dir, 'pg_dump'),
      `#!/bin/sh\ncase "$*" in --version) exec ${real} --version ;; esac\n${real} "$@" | ${filter}\n`,
      { mode: 0o755 },
    )
    return { HOLDFAST_PG_BIN: dir }
  }

  test('when pg_dump is killed, at whatever moment', async () => {
    const { killed } = await killAt([0, 0.1, 0.3, 0.5, 0.8].map(share => share * good.seconds))
    assert.ok(killed > 0)
  })

  /** Backs up again and again, with pg_dump killed that many seconds after it was met. */
  async function killAt(moments: readonly number[]): Promise<{ killed: number }> {
    let killed = 0
    for (const seconds of moments) {
      const before = await listed()
      const running = site.start(BACKUP)
      const dump = await childOf(running.child.pid, DUMPING, running.ended)
      await sleep(seconds * 1000)
      if (dump !== undefined) killIfThere(dump)
      const { code, stdout } = await running.ended
      if (code === 0) {
        const { backup } = JSON.parse(stdout) as Made
        assert.deepEqual(await listed(), [backup.id, ...before], 'it had ended by itself')
        continue
      }
      killed += 1
      const { error } = JSON.parse(stdout) as Failed
      assert.deepEqual([code, error.code], [1, 'TOOL_FAILED'])
      assert.match(error.message, /^pg_dump was killed by SIGKILL/)
      assert.deepEqual(await listed(), before)
    }
    return { killed }
  }

  test('when the server stops in its middle', async () => {
    const before = await listed()
    const server = await startPostgres()
    await loadShop(server, 'shop', 0.005)
    const running = site.start(['backup', '--source', 'env:ELSEWHERE', '--json'], {
      ELSEWHERE: server.url('shop'),
    })
    const dump = (await childOf(running.child.pid, DUMPING, running.ended)) ?? assert.fail()
    process.kill(dump, 'SIGSTOP')
    await server.stop()
    process.kill(dump, 'SIGCONT')
    const { code, stdout } = await running.ended
    const { error } = JSON.parse(stdout) as Failed
    assert.deepEqual([code, error.code], [1, 'TOOL_FAILED'])
    assert.match(error.message, /^pg_dump ended with exit code 1: .*(server|connection)/)
    assert.deepEqual(await listed(), before)
  })

  test('when pg_dump ends well and its output is short, wherever it is cut', async () => {
    const { bytes } = good
    const cuts = [0, 4, 60, 5000, bytes >> 2, bytes >> 1, bytes - 5000, bytes - 100, bytes - 1]
    const before = await listed()
    for (const cut of cuts) {
      const env = pgBin(`cut-${cut}`, `head -c ${cut}`)
      const { error } = await site.json<Failed>(1, BACKUP, env)
      assert.equal(error.code, 'DUMP_TRUNCATED', `cut at ${cut} of ${bytes}`)
      assert.match(error.message, /^pg_dump ended as if all were well, but its dump is not whole/)
      assert.match(error.hint, /^nothing was kept of it/)
      assert.deepEqual(await listed(), before)
    }
    const { backup } = await site.json<Made>(0, BACKUP, pgBin('uncut', `head -c ${bytes}`))
    assert.deepEqual(await listed(), [backup.id, ...before])
  })

  test('when its output is whole and pg_dump says that it failed', async () => {
    const before = await listed()
    const env = pgBin('liar', 'cat; echo "disk on fire" >&2; exit 3')
    const { error } = await site.json<Failed>(1, BACKUP, env)
    assert.deepEqual(
      [error.code, error.message],
      ['TOOL_FAILED', 'pg_dump ended with exit code 3: disk on fire'],
    )
    assert.deepEqual(await listed(), before)
  })

  test('and the next backup works, with all that was stored whole', async () => {
    const before = await listed()
    const { backup } = await site.json<Made>(0, BACKUP)
    assert.deepEqual(await listed(), [backup.id, ...before])
    assert.match(await site.expect(0, ['check', '--read-data']), /is whole/)
    await site.expect(0, ['verify', backup.id, '--against', 'env:DB_SHOP'])
  })
})

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH')
  }
}
