// Many who watch, in one process: `node live-viewers.ts {"port", "keys", "each"}`. It says when all were welcomed,
// and answers every message with how soon they heard of what happened.
import { once } from 'node:events'
import process from 'node:process'
import { io } from 'socket.io-client'
import type { LiveEventJson } from '../src/api/schema/live.ts'

/** How often something was heard, and after how many milliseconds. */
interface Delays {
  readonly heard: number
  readonly p50: number
  readonly p99: number
}

export interface Delivery {
  readonly progress: Delays
  readonly change: Delays
}

const AT_ONCE = 50
const task = JSON.parse(process.argv[2] ?? '') as {
  readonly port: number
  readonly keys: readonly string[]
  readonly each: number
}
const progress: number[] = []
const change: number[] = []

function hear(event: LiveEventJson): void {
  if (event.type === 'source') change.push(Date.now() - Date.parse(event.at))
  if (event.type !== 'progress') return
  // The moment in which it was written stands where a table's name would.
  progress.push(Date.now() - Number(event.runs[0]?.progress.item))
}

async function watch(token: string): Promise<void> {
  const socket = io(`http://127.0.0.1:${task.port}`, {
    path: '/api/v1/live',
    transports: ['websocket'],
    forceNew: true,
    auth: { token },
  })
  await once(socket as unknown as EventTarget & NodeJS.EventEmitter, 'live')
  socket.on('live', hear)
}

function delays(all: number[]): Delays {
  all.sort((a, b) => a - b)
  const at = (share: number) => all[Math.floor((all.length - 1) * share)] ?? Number.NaN
  return { heard: all.length, p50: at(0.5), p99: at(0.99) }
}

const tokens = task.keys.flatMap(key => Array.from({ length: task.each }, () => key)).values()
const lane = async () => {
  for (const token of tokens) await watch(token)
}
await Promise.all(Array.from({ length: AT_ONCE }, lane))
process.on('message', () => {
  process.send?.({ progress: delays(progress), change: delays(change) } satisfies Delivery)
})
process.once('disconnect', () => process.exit())
process.send?.('all watch')
