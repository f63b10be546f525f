import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '../../support/postgres.ts'
import { loadShop } from '../../support/shop.ts'

const SUPPORT = join(import.meta.dirname, '..', '..', 'support', 'postgres.ts')

describe('a throw-away PostgreSQL server', () => {
  test('takes settings, asks for its password, holds the shop, and is gone when stopped', async () => {
    const server = await startPostgres({ settings: { wal_level: 'logical' } })
    try {
      await loadShop(server, 'shop', 0.001)
      const rows = await server.query('shop', 'select count(*)::int as n from shop.baskets')
      assert.deepEqual(rows, [{ n: 100 }])
      assert.deepEqual(await server.query('shop', 'show wal_level'), [{ wal_level: 'logical' }])
      await assert.rejects(server.query('shop', 'select nonsense'), /nonsense/)
      assert.match(server.log(), /nonsense/)
      assert.match(server.url('a b'), /^postgres:\/\/postgres:[\w-]{16}@127\.0\.0\.1:\d+\/a%20b$/)
    } finally {
      await server.stop()
    }
    assert.equal(existsSync(server.dir), false)
    await assert.rejects(connected(server.port), { code: 'ECONNREFUSED' })
  })

  test('says why it did not start', async () => {
    await assert.rejects(
      startPostgres({ settings: { wal_level: 'nonsense' } }),
      /invalid value for parameter "wal_level"/,
    )
  })

  for (const how of ['SIGKILL', 'SIGTERM', 'an error', 'the end']) {
    test(`does not outlive its parent, which ends by ${how}`, async () => {
      const { dir, pid } = await endedParent(how)
      const deadline = performance.now() + 5_000
      while ((existsSync(dir) || isRunning(pid)) && performance.now() < deadline) await sleep(10)
      assert.deepEqual([existsSync(dir), isRunning(pid)], [false, false])
    })
  }
})

/** A process that starts a server and then ends; where the server was, and its process id. */
async function endedParent(how: string): Promise<{ dir: string; pid: number }> {
  const program = `
    import { startPostgres } from '${SUPPORT}'
    const server = await startPostgres({ auth: 'trust' })
    console.log(server.dir)
    await new Promise(resolve => process.stdin.once('data', resolve))
    if (process.argv[1] === 'an error') throw new Error('planned')
    process.stdin.destroy()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, how], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const [dir] = (await once(createInterface(child.stdout), 'line')) as [string]
  const pid = Number(readFileSync(join(dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  assert.ok(isRunning(pid))
  const exit = once(child, 'exit')
  if (how === 'SIGKILL' || how === 'SIGTERM') child.kill(how)
  else child.stdin.write('go on\n')
  await exit
  return { dir, pid }
}

/** A process that has ended may stay in the table until its parent has looked. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

async function connected(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
}
