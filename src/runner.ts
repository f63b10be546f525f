// The process that performs one run: a worker starts it, tells it by IPC what to do, and hears from it.
import process from 'node:process'
import { systemClock } from './core/clock.ts'
import { Interrupted } from './core/faults.ts'
import { openDatabase } from './engines/index.ts'
import { perform, type RunnerTools } from './jobs/perform.ts'
import { killOwnTree } from './jobs/process-tree.ts'
import { type FromRunner, type Order, ToRunner } from './jobs/protocol.ts'
import { Repository } from './repository/repository.ts'
import { openStorage } from './storage/index.ts'
import type { Storage } from './storage/storage.ts'

/** A runner whose worker is gone has this long to clean up behind itself. */
const LEAVING_MS = 10_000

const stop = new AbortController()
const opened: Storage[] = []
let answer: ((granted: boolean) => void) | undefined

process.on('SIGTERM', () => stop.abort(new Interrupted({ what: 'the run' })))
process.on('disconnect', leave)
process.on('message', hear)

function hear(message: unknown): void {
  const heard = ToRunner.parse(message)
  if (heard.type === 'order') void work(heard.order)
  else answer?.(heard.granted)
}

async function work(order: Order): Promise<void> {
  const ending = await perform(order, toolsFor(order), stop.signal)
  for (const storage of opened) await storage.close()
  process.send?.(ending, () => process.disconnect())
}

function toolsFor(order: Order): RunnerTools {
  return {
    clock: systemClock,
    openRepository: async (url, recoveryKey) => {
      const storage = openStorage(url, { roots: order.repository.roots })
      opened.push(storage)
      return await Repository.open(storage, { recoveryKey }, { clock: systemClock }, stop.signal)
    },
    openDatabase: url => {
      const { path, pgBin, reach } = order.engines
      return openDatabase(url, { path, pgBin, reach })
    },
    tell,
    askLeave: async () => {
      tell({ type: 'commit' })
      return await new Promise<boolean>(resolve => (answer = resolve))
    },
  }
}

function tell(message: FromRunner): void {
  if (process.connected) process.send?.(message, () => undefined)
}

/** Nobody hears the result any more: whoever takes the run up must not meet us still at it. */
function leave(): void {
  answer?.(false)
  stop.abort(new Interrupted({ what: 'the run' }))
  setTimeout(killOwnTree, LEAVING_MS).unref()
}
