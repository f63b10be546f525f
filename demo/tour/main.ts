// `npm run tour`: the command line at work on a sample shop, from the first backup to the proven restore.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { bytesText } from '../../src/operations/words.ts'
import { postgresPrograms } from '../../support/postgres-programs.ts'
import { play, scaleOf } from '../play.ts'
import { Stage } from '../stage.ts'
import { sayWhatIsKept, sayWhatToTry } from './endings.ts'
import { Lab } from './lab.ts'
import { tell } from './story.ts'

const USAGE = `npm run tour -- [options]

Backs up a sample shop twice, restores it and proves the result, on a PostgreSQL server of its own.

  --keep      leave the server and the repository for you to look around
  --scale N   size of the shop; 1 makes a database of 1.1 GB (default: 0.05)
  --help      show this`

interface Options {
  readonly keep: boolean
  readonly scale: number
}

process.exitCode = await play({ name: 'tour', usage: USAGE, options: readOptions, show })

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      scale: { type: 'string', default: '0.05' },
      help: { type: 'boolean', default: false },
    },
  })
  return values.help ? undefined : { keep: values.keep, scale: scaleOf(values.scale) }
}

async function show({ keep, scale }: Options, stop: AbortSignal): Promise<void> {
  const stage = new Stage(stop)
  stage.print(stage.style.bold('Holdfast on the command line'))
  stage.say('A shop is backed up, changed, backed up again, restored and proven.')
  postgresPrograms()
  stage.step('A PostgreSQL server of its own is started and filled with a sample shop.')
  const lab = await Lab.start(scale, stop)
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
