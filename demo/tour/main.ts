// `npm run tour`: the command line at work on a sample shop, from the first backup to the proven restore.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { reason } from '../../src/core/fault.ts'
import { Interrupted } from '../../src/core/faults.ts'
import { bytesText } from '../../src/operations/words.ts'
import { postgresPrograms } from '../../support/postgres-programs.ts'
import { Stage } from '../stage.ts'
import { sayWhatIsKept, sayWhatToTry } from './endings.ts'
import { Lab } from './lab.ts'
import { tell } from './story.ts'

const USAGE = `npm run tour -- [options]

Backs up a sample shop twice, restores it and proves the result, on a PostgreSQL server of its own.

  --keep      leave the server and the repository for you to look around
  --scale N   size of the shop; 1 makes a database of 1.1 GB (default: 0.05)
  --help      show this`

const FAILED = 1
const WRONG_USE = 2
const INTERRUPTED = 130

interface Options {
  readonly keep: boolean
  readonly scale: number
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort())
}
for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError)
process.exitCode = await main()

async function main(): Promise<number> {
  const options = readOptions()
  if (typeof options === 'number') return options
  try {
    await play(options)
    return 0
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error('\nThe tour was interrupted; everything it made is removed.')
      return INTERRUPTED
    }
    console.error(`\nThe tour failed: ${reason(error)}\nEverything it made is removed.`)
    return FAILED
  }
}

/** Or the exit code, when there is nothing to play. */
function readOptions(): Options | number {
  try {
    const { values } = parseArgs({
      options: {
        keep: { type: 'boolean', default: false },
        scale: { type: 'string', default: '0.05' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(USAGE)
      return 0
    }
    const scale = Number(values.scale)
    if (!(scale > 0)) throw new Error(`--scale ${values.scale} is no size`)
    return { keep: values.keep, scale }
  } catch (error) {
    console.error(`${reason(error)}\n\n${USAGE}`)
    return WRONG_USE
  }
}

async function play({ keep, scale }: Options): Promise<void> {
  const stage = new Stage(stop.signal)
  stage.print(stage.style.bold('Holdfast on the command line'))
  stage.say('A shop is backed up, changed, backed up again, restored and proven.')
  postgresPrograms()
  stage.step('A PostgreSQL server of its own is started and filled with a sample shop.')
  const lab = await Lab.start(scale, stop.signal)
  try {
    const { server, bytes } = lab.kept
    stage.print(
      '',
      `PostgreSQL ${server.version} on port ${server.port}, ${bytesText(bytes)} of data`,
    )
    await tell(stage, lab)
    if (keep) await lab.keep()
  } catch (error) {
    await lab.remove()
    throw error
  }
  if (keep) return sayWhatIsKept(stage, lab)
  await lab.remove()
  sayWhatToTry(stage)
}

/** The terminal or the reader of our pipe has gone: nobody is left to play for. */
function onOutputError(): void {
  stop.abort()
}
