// `npm run demo`: the dashboard, with databases that are in use, backups of two weeks and one thing to mend.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { throwIfAborted } from '../src/core/abort.ts'
import { postgresPrograms } from '../support/postgres-programs.ts'
import { Background } from './background.ts'
import type { World } from './keeper.ts'
import { play, scaleOf } from './play.ts'
import { Stage } from './stage.ts'

const USUAL_PORT = 7420
const USAGE = `npm run demo -- [options]

Starts the dashboard with five sample databases, backups of two weeks and a backup every minute.

  --port N    where the dashboard is (default: ${USUAL_PORT}, or the next one that is free)
  --scale N   size of the databases; 1 makes a shop of 1.1 GB (default: 0.01)
  --keep      leave everything running and come back to the prompt
  --help      show this`

const KEEPER = join(import.meta.dirname, 'keeper.ts')
const PORTS_TRIED = 100

interface Options {
  readonly keep: boolean
  readonly port: number | undefined
  readonly scale: number
}

process.exitCode = await play({ name: 'demo', usage: USAGE, options: readOptions, show })

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      port: { type: 'string' },
      scale: { type: 'string', default: '0.01' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const port = values.port === undefined ? undefined : Number(values.port)
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new Error(`--port ${values.port} is no port`)
  }
  return { keep: values.keep, port, scale: scaleOf(values.scale) }
}

async function show(options: Options, stop: AbortSignal): Promise<void> {
  const stage = new Stage(stop)
  stage.print(stage.style.bold('Holdfast demo'))
  stage.say(
    'Five databases, backups of two weeks and a server with its dashboard are made. ' +
      'That takes about half a minute.',
  )
  postgresPrograms()
  const port = await portFor(options)
  const args = [String(port), String(options.scale)]
  const background = await Background.start<World>(KEEPER, args, stop)
  try {
    throwIfAborted(stop, 'the demo')
    welcome(stage, background.kept)
    if (options.keep) {
      await background.stay()
      stage.say(`Everything stays in ${background.kept.dir} until you end it:`)
      stage.print('', `  kill ${background.pid}`)
      return
    }
    stage.say('Ctrl-C ends the demo and removes everything.')
    await Promise.race([aborted(stop), background.ended()])
  } catch (error) {
    await background.remove()
    throw error
  }
  if (!stop.aborted) throw new Error('the process that keeps its servers has ended')
  await background.remove()
  stage.print('')
  stage.say('Everything the demo made is removed again.')
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}

/** The port that is wished for, or the first one from the usual one on that nobody has. */
async function portFor({ port }: Options): Promise<number> {
  const first = port ?? USUAL_PORT
  for (let at = first; at < first + (port === undefined ? PORTS_TRIED : 1); at += 1) {
    if (await isFree(at)) return at
  }
  throw new Error(`port ${first} is in use; name another one with --port`)
}

async function isFree(port: number): Promise<boolean> {
  const listener = createServer().listen(port, '127.0.0.1')
  try {
    await once(listener, 'listening')
  } catch {
    // Somebody has it.
    return false
  }
  listener.close()
  await once(listener, 'close')
  return true
}

function welcome(stage: Stage, { url, admin, viewer, invoices }: World): void {
  const bold = (text: string) => stage.style.bold(text)
  stage.print(
    '',
    `  Open     ${bold(url)}`,
    `  Log in   ${bold(admin.email.padEnd(18))} ${bold(admin.password)}   administrator`,
    `           ${viewer.email.padEnd(18)} ${viewer.password}   viewer: may look, and touch nothing`,
    '',
    bold('What to look at first'),
    '',
    '  1. Open a backup of last week of source shop and restore it into a new',
    '     database: at the end every table of it has been compared.',
    '  2. Customers buy in the shop all the time. Replace it with a backup, and look',
    '     at what you are told before; the shop as it was is kept beside.',
    '  3. Source invoices needs attention: somebody changed its password. Give it the',
    `     new one, ${bold(invoices.password)}, and back it up.`,
    '',
  )
}
