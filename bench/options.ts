import { parseArgs } from 'node:util'
import { RUNS } from './history.ts'

export const PARTS = [
  'backup',
  'restore',
  'memory',
  'data-path',
  'schedules',
  'server',
  'live',
  'api',
  'api-load',
  'web',
] as const
export type PartName = (typeof PARTS)[number]

export const USAGE = `npm run bench -- [options]

Measures Holdfast beside other programs on a throw-away PostgreSQL server, and writes docs/benchmarks.md.

  --scale N     size of the shop; 1 makes a database of 1.1 GB (default: 1)
  --runs N      how often everything is measured; the median counts (default: 3)
  --only PARTS  some of ${PARTS.join(',')} (default: all but memory)
  --memory      measure memory, too, at 0.1, 1 and 2 times the scale
  --history N   how many runs the API and the dashboard have behind them (default: 1000000)
  --rate N      requests a second beside a backup, for api-load (default: 500)
  --seconds N   for so long, at least (default: 30)
  --peers       install restic and borgbackup first (as root, on Debian)
  --help        show this`

/** What the API is measured with. */
export interface Load {
  /** How many runs are behind it. */
  readonly history: number
  /** Requests a second. */
  readonly rate: number
  readonly seconds: number
}

export interface Options {
  readonly scale: number
  readonly runs: number
  readonly parts: ReadonlySet<PartName>
  readonly load: Load
  readonly peers: boolean
  readonly help: boolean
}

/** Reads the command line; throws where it is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string', default: '1' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string' },
      memory: { type: 'boolean', default: false },
      history: { type: 'string', default: String(RUNS) },
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '30' },
      peers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const scale = Number(values.scale)
  if (!(scale > 0)) throw new Error(`--scale ${values.scale} is no size`)
  const runs = wholeNumber('runs', values.runs)
  const load = {
    history: wholeNumber('history', values.history),
    rate: wholeNumber('rate', values.rate),
    seconds: wholeNumber('seconds', values.seconds),
  }
  const named = values.only?.split(',') ?? PARTS.filter(part => part !== 'memory')
  const parts = new Set(named.map(partNamed))
  if (values.memory) parts.add('memory')
  return { scale, runs, parts, load, peers: values.peers, help: values.help }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} ${text} is no number`)
  return number
}

function partNamed(name: string): PartName {
  const part = PARTS.find(one => one === name)
  if (part === undefined) throw new Error(`there is no part ${name}, only ${PARTS.join(', ')}`)
  return part
}
