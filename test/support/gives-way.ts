// Starts several programs at once, each in a session of its own, makes them all give way, and prints how nice their
// sessions have become once they are what they should be, or after ten seconds.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { giveWay } from '../../src/core/give-way.ts'

const STEPS = 5
const children = Array.from({ length: 4 }, () =>
  spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }),
)
await Promise.all(children.map(child => once(child, 'spawn')))
for (const { pid } of children) giveWay(pid, STEPS, { leadsSession: true })
const niceOf = (pid = 0) =>
  / nice (-?\d+)/.exec(readFileSync(`/proc/${pid}/autogroup`, 'utf8'))?.[1]
const all = () => children.map(({ pid }) => Number(niceOf(pid)))
for (let left = 100; left > 0 && all().some(nice => nice !== getPriority() + STEPS); left -= 1) {
  await sleep(100)
}
process.stdout.write(JSON.stringify(all()))
for (const child of children) child.kill()
