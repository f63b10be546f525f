// Starts several programs at once, each in a session of its own, makes them all give way, and prints how nice their
// sessions are once they are what they should be. It fails when that takes too long.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import process from 'node:process'
import { giveWay } from '../../src/core/give-way.ts'
import { eventually } from './server.ts'

const STEPS = 5
const children = Array.from({ length: 4 }, () =>
  spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }),
)
await Promise.all(children.map(child => once(child, 'spawn')))
for (const { pid } of children) giveWay(pid, STEPS, { leadsSession: true })
const niceOf = (pid = 0) =>
  / nice (-?\d+)/.exec(readFileSync(`/proc/${pid}/autogroup`, 'utf8'))?.[1]
const all = () => children.map(({ pid }) => Number(niceOf(pid)))
try {
  await eventually('all sessions to give way', () =>
    all().every(nice => nice === getPriority() + STEPS),
  )
  process.stdout.write(JSON.stringify(all()))
} finally {
  for (const child of children) child.kill()
}
