import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { giveWay } from '../../src/core/give-way.ts'

/** Only a kernel that shares the processor among sessions has it. */
const groupOf = (pid: number) => `/proc/${pid}/autogroup`

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
  const group = groupOf(pid)
  if (existsSync(group)) assert.match(readFileSync(group, 'utf8'), new RegExp(`nice ${own + 5}\\n`))
})

test('nothing breaks where the program has ended', async () => {
  const child = spawn('true', { stdio: 'ignore' })
  await once(child, 'exit')
  giveWay(child.pid, 5, { leadsSession: true })
  giveWay(undefined, 5)
})
