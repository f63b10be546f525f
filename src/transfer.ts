// The process that carries a dump out of a repository, or into one, or looks into one: the server starts it, so that its own event
// loop stays free, tells it by IPC what to do, and exchanges bytes by its standard input and output.
import process from 'node:process'
import { systemClock } from './core/clock.ts'
import { Interrupted } from './core/faults.ts'
import { engineNamed, openDatabase } from './engines/index.ts'
import { type TransferTools, transfer } from './jobs/transfer.ts'
import { type FromTransfer, ToTransfer, type TransferOrder } from './jobs/transfer-protocol.ts'
import { Repository } from './repository/repository.ts'
import { openStorage } from './storage/index.ts'
import type { Storage } from './storage/storage.ts'

/** Whoever stays longer after being told to end hangs. */
const LEAVING_MS = 10_000

const stop = new AbortController()
const opened: Storage[] = []
let answer: ((granted: boolean) => void) | undefined

process.on('SIGTERM', leave)
process.on('disconnect', leave)
process.on('message', hear)
// A reader that has left: the write that failed says so.
process.stdout.on('error', () => undefined)

function hear(message: unknown): void {
  const heard = ToTransfer.parse(message)
  if (heard.type === 'order') void work(heard.order)
  else answer?.(heard.granted)
}

async function work(order: TransferOrder): Promise<void> {
  const ending = await transfer(order, toolsFor(order), stop.signal)
  for (const storage of opened) await storage.close()
  process.stdin.destroy()
  // First all bytes, then the word that they were all.
  process.stdout.end(() => tell(ending, () => process.disconnect?.()))
}

function toolsFor({ engines, repository }: TransferOrder): TransferTools {
  const { path, pgBin, reach } = engines
  const settings = { path, pgBin, reach }
  return {
    clock: systemClock,
    input: process.stdin,
    output: process.stdout,
    openRepository: async (url, recoveryKey) => {
      const storage = openStorage(url, { roots: repository.roots })
      opened.push(storage)
      return await Repository.open(storage, { recoveryKey }, { clock: systemClock }, stop.signal)
    },
    engineNamed: name => engineNamed(name, settings),
    openDatabase: url => openDatabase(url, settings),
    tell,
    askLeave: async () => {
      tell({ type: 'commit' })
      return await new Promise<boolean>(resolve => (answer = resolve))
    },
  }
}

function tell(message: FromTransfer, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, then)
}

/** Nobody waits for the result any more. */
function leave(): void {
  answer?.(false)
  stop.abort(new Interrupted({ what: 'the transfer' }))
  process.stdin.destroy()
  setTimeout(() => process.exit(1), LEAVING_MS).unref()
}
