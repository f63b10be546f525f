import process from 'node:process'
import { reason } from '../src/core/fault.ts'
import { Interrupted } from '../src/core/faults.ts'

const FAILED = 1
const WRONG_USE = 2
const INTERRUPTED = 130

interface Play<Options> {
  /** `demo`: as people call it. */
  readonly name: string
  readonly usage: string
  /** Reads the command line; undefined: nothing but help is wanted. Throws what is wrong with it. */
  readonly options: () => Options | undefined
  readonly show: (options: Options, stop: AbortSignal) => Promise<void>
}

/** Shows something from its beginning to its end, or until somebody has seen enough; answers the exit code. */
export async function play<Options>({
  name,
  usage,
  options,
  show,
}: Play<Options>): Promise<number> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort())
  }
  // The terminal or the reader of our pipe has gone: nobody is left to show it to.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop.abort())
  const given = tried(options)
  if ('wrong' in given) {
    console.error(`${given.wrong}\n\n${usage}`)
    return WRONG_USE
  }
  if (given.options === undefined) {
    console.log(usage)
    return 0
  }
  try {
    await show(given.options, stop.signal)
    return 0
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error(`\nThe ${name} was interrupted; everything it made is removed.`)
      return INTERRUPTED
    }
    console.error(`\nThe ${name} failed: ${reason(error)}\nEverything it made is removed.`)
    return FAILED
  }
}

function tried<Options>(options: () => Options): { options: Options } | { wrong: string } {
  try {
    return { options: options() }
  } catch (error) {
    return { wrong: reason(error) }
  }
}

/** A size that was given: 1 is a shop of 1.1 GB. */
export function scaleOf(text: string): number {
  const scale = Number(text)
  if (!(scale > 0)) throw new Error(`--scale ${text} is no size`)
  return scale
}
