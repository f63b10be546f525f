import { bytesText, countText } from '../src/operations/words.ts'
import { afterName, p95Name, QUESTIONS } from './api.ts'
import { loadLines } from './api-load-lines.ts'
import { CONTENDERS, type Contender, FILES, SOURCE_LIMIT } from './contenders.ts'
import { median, milliseconds, NONE, peak, rate, ratio, seconds, size, table } from './figures.ts'
import { RUNS, SOURCES } from './history.ts'
import { VIEWERS, WATCHED_RUNS } from './live.ts'
import { memoryScales } from './memory.ts'
import type { PartName } from './options.ts'
import { RESTORES } from './restore.ts'
import type { Result } from './results.ts'
import { DUE, firingName, IDLE } from './schedules.ts'
import { STREAMS } from './server.ts'
import { targetLines } from './targets.ts'
import { webLines } from './web-lines.ts'

/** Results of fewer runs, of a smaller database or beside other work say that the bench works, and nothing else. */
const ENOUGH = { runs: 3, scale: 1, loadPerCore: 0.5 }
const NOT_INSTALLED = 'not installed'

/** docs/benchmarks.md, from the newest result of each part. */
export function documentOf(load: (part: PartName) => Result | undefined): string {
  const [backup, restore, memory, parts, schedules, server, live, api, apiLoad, web] = [
    load('backup'),
    load('restore'),
    load('memory'),
    load('data-path'),
    load('schedules'),
    load('server'),
    load('live'),
    load('api'),
    load('api-load'),
    load('web'),
  ]
  const results = [
    backup,
    restore,
    memory,
    parts,
    schedules,
    server,
    live,
    api,
    apiLoad,
    web,
  ].filter(one => one !== undefined)
  const sections = [
    ['# Benchmarks', ...INTRODUCTION, ...(results.some(isTrial) ? TRIAL : [])],
    [
      '## Against the targets',
      ...targetLines({ backup, restore, memory, schedules, server, api, apiLoad, web }),
    ],
    backup && ['## Backup', ...backupLines(backup), about(backup)],
    restore && ['## Restore', ...restoreLines(restore), about(restore)],
    memory && ['## Memory', ...memoryLines(memory), about(memory)],
    parts && ['## Parts of the data path', ...partLines(parts), about(parts)],
    schedules && ['## Schedules', ...scheduleLines(schedules), about(schedules)],
    server && ['## Server', ...serverLines(server), about(server)],
    live && ['## Live events', ...liveLines(live), about(live)],
    api && ['## Answers of the API', ...apiLines(api), about(api)],
    apiLoad && ['## The API beside a backup', ...loadLines(apiLoad.samples), about(apiLoad)],
    web && ['## The dashboard', ...webLines(web.samples), about(web)],
    ['## How it was measured', ...METHOD],
  ]
  return `${sections
    .filter(one => one !== undefined)
    .flat()
    .join('\n\n')}\n`
}

function isTrial({ runs, scale, machine }: Result): boolean {
  const isBusy = machine.load > machine.cores * ENOUGH.loadPerCore
  return runs < ENOUGH.runs || scale < ENOUGH.scale || isBusy
}

const INTRODUCTION = [
  '`npm run bench` has written this page from `bench/results`; edit neither by hand.',
]

const TRIAL = [
  '> **A trial run, not a result.** At least one part below was measured on a small database, too few ' +
    'times or on a busy machine: it shows that the bench works. On a small database, fixed costs (to open a ' +
    'repository takes a large part of a second, on purpose) weigh more than the data.',
]

function backupLines({ samples, versions }: Result): string[] {
  const limit = samples[SOURCE_LIMIT.name]
  const again = samples[SOURCE_LIMIT.second]
  const contenderRow = (one: Contender): string[] => {
    if (!(one.needs in versions)) return [one.title, NOT_INSTALLED]
    const first = samples[`${one.name} first`]
    const second = samples[`${one.name} second`]
    const times = [seconds(first), ratio(first, limit), seconds(second), ratio(second, again)]
    const sizes = [size(first), size(second), size(samples[`${one.name} changed`])]
    return [one.title, ...times, ...sizes, peak(first, one.process)]
  }
  const fileRow = (one: (typeof FILES)[number]): string[] => {
    if (!(one.needs in versions)) return [one.title, NOT_INSTALLED]
    const first = samples[`${one.name} first`]
    return [one.title, seconds(first), ratio(first, limit), NONE, NONE, size(first)]
  }
  const limitRow = [SOURCE_LIMIT.title, seconds(limit), '1.00', seconds(again), '1.00']
  const rows = [limitRow, ...CONTENDERS.map(contenderRow), ...FILES.map(fileRow)]
  return [
    table(BACKUP_COLUMNS, rows),
    'First: into an empty repository. Second: the same database again. Changed: after 1 % of the rows of every ' +
      'large table, picked by a hash of their keys, were updated. Stored: what the repository grew by, as the sum ' +
      'of the sizes of its files. Memory: the most that the program itself had at one time, without pg_dump.',
  ]
}

const BACKUP_COLUMNS = [
  'what was run',
  'first',
  '× limit',
  'second',
  '× limit',
  'first stored',
  'second stored',
  'changed stored',
  'memory',
]

function restoreLines({ samples }: Result): string[] {
  const base = samples.pg_restore
  const rows = Object.entries(RESTORES).map(([name, title]) => [
    title,
    seconds(samples[name]),
    ratio(samples[name], base),
  ])
  return [
    table(['what was run', 'time', '× pg_restore'], rows),
    '`pg_restore` reads the uncompressed dump from the local disk. `holdfast restore` reads its repository, ' +
      'dumps the new database once more and compares every table before the database gets its name.',
  ]
}

function memoryLines({ samples, scale }: Result): string[] {
  const rows = memoryScales(scale).map(one => {
    const [backup, restore] = [samples[`backup ${one}`], samples[`restore ${one}`]]
    return [
      String(one),
      size(backup),
      peak(backup, 'node'),
      peak(backup, 'pg_dump'),
      peak(restore, 'node'),
      peak(restore, 'pg_restore'),
    ]
  })
  const columns = ['scale', 'dump', 'backup', 'its pg_dump', 'restore', 'its pg_restore']
  return [table(columns, rows)]
}

function partLines({ samples }: Result): string[] {
  const rows = Object.entries(samples).map(([name, runs]) => [name, rate(runs)])
  return [
    table(['step', 'rate'], rows),
    'Each step alone, on the beginning of the dump held in memory. Rates are bytes of the dump in a second, also ' +
      'where the step works on what they became.',
  ]
}

function scheduleLines({ samples }: Result): string[] {
  const rows = [1, 2].map(count => [
    `${DUE} schedules due at the same moment, ${count} dispatcher${count === 1 ? '' : 's'}`,
    seconds(samples[firingName(count)]),
  ])
  const [idle] = samples.idle ?? []
  const share = idle === undefined ? NONE : `${(idle.seconds * 100).toFixed(2)} % of a core`
  return [
    table(['what', 'measured'], [...rows, [`${IDLE} schedules that wait, 1 dispatcher`, share]]),
    'Fired: from the moment in which firing is allowed until the last one has its record. The dispatchers are processes ' +
      'of their own. Waiting: processor time of the dispatcher and of its connections in the database server.',
  ]
}

function serverLines({ samples }: Result): string[] {
  const rows = [
    ['from nothing to ready', seconds(samples.ready)],
    [
      `event loop delay while ${STREAMS} backups stream, p99`,
      milliseconds(samples['event loop p99']),
    ],
    ['the longest delay', milliseconds(samples['event loop max'])],
  ]
  return [
    table(['what', 'measured'], rows),
    'From nothing: the data directory is not there, and its PostgreSQL is set up and started, too. The delay is that of ' +
      'the process of the server, every 5 ms (which it includes), from the moment in which the backups are asked for ' +
      'until the last one has completed.',
  ]
}

function apiLines({ samples }: Result): string[] {
  const rows = Object.keys(QUESTIONS).map(question => [
    question,
    milliseconds(samples[question]),
    milliseconds(samples[p95Name(question)]),
    milliseconds(samples[afterName(question)]),
  ])
  return [
    table(['what is asked for', 'p50', 'p95', 'after a run'], rows),
    `A server with ${countText(RUNS)} runs of ${SOURCES} sources behind it, asked over one connection, one request after ` +
      'the other, 200 of each kind. Times are from the request to the last byte of the answer. Nothing happens meanwhile, so ' +
      'what the server remembers is not read again; “after a run”: the median of 20 where a run ends before each of them.',
  ]
}

function liveLines({ samples }: Result): string[] {
  const core = (name: string): string => {
    const found = samples[name]?.map(one => one.seconds * 100)
    return found === undefined ? NONE : `${median(found).toFixed(1)} % of a core`
  }
  const rows = [
    ['a change is delivered, p50', milliseconds(samples['change p50'])],
    ['a change is delivered, p99', milliseconds(samples['change p99'])],
    ['progress is delivered, p50', milliseconds(samples['progress p50'])],
    ['progress is delivered, p99', milliseconds(samples['progress p99'])],
    ['processor time of the server', core('cpu')],
    ['while nothing happens', core('cpu idle')],
    ['memory of the server alone', size(samples['memory alone'])],
    [`with ${VIEWERS} who watch`, size(samples['memory watched'])],
    ['for each of them', size(samples['memory per viewer'])],
  ]
  return [
    table(['what', 'measured'], rows),
    `${VIEWERS} clients over WebSocket, ${WATCHED_RUNS} runs that tell their progress once a second, and one other ` +
      'change a second. Delays are from the write into the catalog until a client has it, over all clients, which are ' +
      'a process of their own on the same machine; progress is read twice a second, so half a second of its delay is ' +
      'on purpose.',
  ]
}

const METHOD = [
  `- The database is \`data/shop.sql\` (its scale 1 has 1.1 GB and a dump of 0.7 GB) on a throw-away PostgreSQL
  server on the same machine, with fsync and autovacuum off; everything else is as PostgreSQL comes.
- Times are wall time of the whole command, from its start to its exit, and so include opening the repository. The
  figure is the median of the runs, followed by the fastest and the slowest; ratios are the median of the ratios
  within each run. All repositories and files are on the same local disk, and what was written before is synced
  before a measurement begins.
- Within each run the contenders take turns, so that a machine that slows down slows all of them alike. One dump that is
  not measured fills the caches for whoever comes first. The source limit is measured in front of the first backups
  and again in front of the second ones: each is compared with what stands nearer.
- Memory is the kernel's high-water mark of each process (VmHWM), read 40 times a second.
- Machines differ: compare only what was measured in one run. \`npm run bench -- --help\` shows how to measure.`,
]

/** The date, the machine and the programs of a result. */
function about({ date, machine, versions, scale, runs, dumpBytes }: Result): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const dump = dumpBytes === undefined ? '' : `, a dump of ${bytesText(dumpBytes)}`
  return [
    `Measured on ${date.slice(0, 10)} at scale ${scale}${dump}, ${runs === 1 ? 'once' : `${runs} times`}, on`,
    `${machine.processor}, ${machine.cores} cores, ${bytesText(machine.memoryBytes)} of memory,`,
    `${machine.disk} (writes ${bytesText(machine.diskRate)}/s), ${machine.system};`,
    `load when it began: ${machine.load.toFixed(1)}. With ${programs.join(', ')}.`,
  ].join('\n')
}
