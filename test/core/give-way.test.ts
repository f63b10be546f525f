import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'node:test'
import { giveWay } from '../../src/core/give-way.ts'

const ENABLED = '/proc/sys/kernel/sched_autogroup_enabled'
/** Whether this machine shares the processor among sessions. */
const hasGroups = existsSync(ENABLED) && readFileSync(ENABLED, 'utf8').trim() === '1'

/** Whether this process has CAP_SYS_ADMIN, the 21st of the effective capabilities. */
function isAdmin(): boolean {
  const [, effective = '0'] =
    /^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return ((BigInt(`0x${effective}`) >> 21n) & 1n) === 1n
}

test('a program gives way, with its session where it leads one', async t => {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  t.after(() => child.kill())
  const pid = child.pid ?? 0
  const own = getPriority()
  giveWay(pid, 3)
  assert.equal(getPriority(pid), own + 3)
  giveWay(pid, 5, { leadsSession: true })
  assert.equal(getPriority(pid), own + 5)
  if (!hasGroups) return
  assert.match(readFileSync(`/proc/${pid}/autogroup`, 'utf8'), new RegExp(`nice ${own + 5}\\n`))
})

test('nothing breaks where the program has ended', async () => {
  const child = spawn('true', { stdio: 'ignore' })
  await once(child, 'exit')
  giveWay(child.pid, 5, { leadsSession: true })
  giveWay(undefined, 5)
})

test('several that start at once all give way, also where the system takes one at a time', t => {
  if (!hasGroups) {
    t.skip('this machine does not share its processor among sessions')
    return
  }
  const script = join(import.meta.dirname, '../support/gives-way.ts')
  // What CAP_SYS_ADMIN may do at any moment, others may ten times a second.
  const asOthers = isAdmin() ? ['setpriv', '--bounding-set=-sys_admin'] : []
  const [program, ...args] = [...asOthers, process.execPath, script]
  const nice = getPriority() + 5
  const told = execFileSync(program, args, { encoding: 'utf8' })
  assert.deepEqual(JSON.parse(told), [nice, nice, nice, nice])
})
