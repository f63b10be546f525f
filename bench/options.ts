import { parseArgs } from 'node:util'

export const PARTS = [
  'backup',
  'restore',
  'memory',
  'data-path',
  'schedules',
  'server',
  'live',
  'api',
] as const
export type PartName = (typeof PARTS)[number]

export const USAGE = `npm run bench -- [options]

Measures Holdfast beside other programs on a throw-away PostgreSQL server, and writes docs/benchmarks.md.

  --scale N     size of the shop; 1 makes a database of 1.1 GB (default: 1)
  --runs N      how often everything is measured; the median counts (default: 3)
  --only PARTS  some of ${PARTS.join(',')} (default: all but memory)
  --memory      measure memory, too, at 0.1, 1 and 2 times the scale
  --peers       install restic and borgbackup first (as root, on Debian)
  --help        show this`

export interface Options {
  readonly scale: number
  readonly runs: number
  readonly parts: ReadonlySet<PartName>
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
      peers: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const scale = Number(values.scale)
  if (!(scale > 0)) throw new Error(`--scale ${values.scale} is no size`)
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} is no number`)
  const named = values.only?.split(',') ?? PARTS.filter(part => part !== 'memory')
  const parts = new Set(named.map(partNamed))
  if (values.memory) parts.add('memory')
  return { scale, runs, parts, peers: values.peers, help: values.help }
}

function partNamed(name: string): PartName {
  const part = PARTS.find(one => one === name)
  if (part === undefined) throw new Error(`there is no part ${name}, only ${PARTS.join(', ')}`)
  return part
}
