import { bytesText } from '../src/operations/words.ts'
import { p95Name, QUESTIONS } from './api.ts'
import { loadName } from './api-load.ts'
import { SOURCE_LIMIT } from './contenders.ts'
import { bytesOf, highestPeak, medianRatio, NONE, table } from './figures.ts'
import type { Result, Samples } from './results.ts'
import { DUE, firingName, IDLE } from './schedules.ts'
import { STREAMS } from './server.ts'

interface Target {
  readonly what: string
  readonly measured: number | undefined
  /** The highest figure that is good enough, and the one that is aimed at. */
  readonly atLeast?: number
  readonly aim?: number
  readonly text: (figure: number) => string
  readonly remark?: string
}

/** The newest result of each part that has targets. */
type Results = Readonly<
  Record<
    'backup' | 'restore' | 'memory' | 'schedules' | 'server' | 'api' | 'apiLoad' | 'web',
    Result | undefined
  >
>

const times = (figure: number) => figure.toFixed(2)
const share = (figure: number) => figure.toFixed(3)

/** How the newest results stand to what Holdfast promises itself. */
export function targetLines({
  backup,
  restore,
  memory,
  schedules,
  server,
  api,
  apiLoad,
  web,
}: Results): string[] {
  const backups = backup?.samples ?? {}
  const restores = restore?.samples ?? {}
  const targets = [
    ...backupTargets(backups),
    ...otherTargets(restores, [backups, restores, memory?.samples ?? {}]),
    ...scheduleTargets(schedules?.samples ?? {}),
    ...serverTargets(server?.samples ?? {}),
    ...apiTargets(api?.samples ?? {}),
    ...loadTargets(apiLoad?.samples ?? {}),
    ...webTargets(web?.samples ?? {}),
  ]
  const rows = targets.map(target => [
    target.what,
    target.measured === undefined ? 'not measured' : target.text(target.measured),
    target.atLeast === undefined ? NONE : target.text(target.atLeast),
    target.aim === undefined ? NONE : target.text(target.aim) + (target.remark ?? ''),
    verdict(target),
  ])
  return [table(['what', 'measured', 'at least', 'aim', 'reached'], rows)]
}

function backupTargets(samples: Samples): Target[] {
  const limit = samples[SOURCE_LIMIT.name]
  const first = samples['holdfast first']
  return [
    {
      what: 'first backup, wall time / source limit',
      measured: medianRatio(first, limit),
      atLeast: 1.7,
      aim: 1.2,
      text: times,
    },
    {
      what: 'first backup, wall time / restic’s',
      measured: medianRatio(first, samples['restic first']),
      atLeast: 1,
      text: times,
    },
    {
      what: 'second backup, nothing changed, wall time / source limit',
      measured: medianRatio(samples['holdfast second'], samples[SOURCE_LIMIT.second]),
      atLeast: 1.2,
      aim: 1,
      text: times,
      remark: ' (0.60 with parallel dumping)',
    },
    {
      what: 'backup after random updates of 1 % of the rows, bytes stored / first backup',
      measured: medianRatio(samples['holdfast changed'], first, bytesOf),
      aim: 0.02,
      text: share,
    },
    {
      what: 'stored bytes, first backup / restic’s',
      measured: medianRatio(first, samples['restic first'], bytesOf),
      atLeast: 1.1,
      aim: 0.95,
      text: times,
    },
  ]
}

function otherTargets(restores: Samples, everything: readonly Samples[]): Target[] {
  const peaks = everything
    .flatMap(samples => Object.values(samples))
    .map(samples => highestPeak(samples, 'node') ?? 0)
  return [
    {
      what: 'restore, wall time / `pg_restore` of the same dump from the local disk',
      measured: medianRatio(restores.holdfast, restores.pg_restore),
      atLeast: 1.1,
      aim: 0.6,
      text: times,
    },
    {
      what: 'peak memory of a backup or a restore, any database size',
      measured: Math.max(0, ...peaks) || undefined,
      atLeast: 300e6,
      aim: 200e6,
      text: bytesText,
    },
  ]
}

const longest = (of: Samples[string] | undefined) => of && Math.max(...of.map(one => one.seconds))

function scheduleTargets(samples: Samples): Target[] {
  const [fired, idle] = [samples[firingName(1)], samples.idle]
  return [
    {
      what: `${DUE} schedules due at the same moment, all fired, in seconds`,
      measured: longest(fired),
      atLeast: 5,
      aim: 1,
      text: times,
    },
    {
      what: `${IDLE} schedules that wait, share of a core`,
      measured: longest(idle),
      atLeast: 0.02,
      text: share,
    },
  ]
}

function serverTargets(samples: Samples): Target[] {
  return [
    {
      what: `event loop of the server while ${STREAMS} backups stream, p99 delay in ms`,
      measured: inMilliseconds(longest(samples['event loop p99'])),
      atLeast: 50,
      text: times,
    },
    {
      what: 'server, from nothing to ready, in seconds',
      measured: longest(samples.ready),
      atLeast: 5,
      text: times,
    },
  ]
}

function apiTargets(samples: Samples): Target[] {
  const slowest = Object.keys(QUESTIONS).flatMap(one => longest(samples[p95Name(one)]) ?? [])
  return [
    {
      what: 'answer of the API with a million runs, p95 of the slowest kind in ms',
      measured: slowest.length === 0 ? undefined : inMilliseconds(Math.max(...slowest)),
      atLeast: 50,
      aim: 20,
      text: times,
    },
  ]
}

function loadTargets(samples: Samples): Target[] {
  const failed = samples[loadName('all', 'failed')]
  return [
    {
      what: 'many requests a second beside a backup, how many failed',
      measured: failed?.reduce((sum, { count = 0 }) => sum + count, 0),
      atLeast: 0,
      text: String,
    },
    {
      what: 'their answers, p95 of all in ms',
      measured: inMilliseconds(longest(samples[loadName('all', 'p95')])),
      atLeast: 250,
      aim: 100,
      text: times,
    },
  ]
}

function webTargets(samples: Samples): Target[] {
  return [
    {
      what: 'list of runs in the dashboard with a million runs, there and answering, in seconds',
      measured: longest(samples['runs page, first visit']),
      atLeast: 1,
      text: times,
    },
    {
      what: 'longest task of the dashboard while 200 runs tell their progress, in ms',
      measured: inMilliseconds(longest(samples['panel, long tasks'])),
      atLeast: 100,
      aim: 50,
      text: times,
    },
  ]
}

const inMilliseconds = (seconds: number | undefined) => seconds && seconds * 1000

function verdict({ measured, atLeast, aim }: Target): string {
  if (measured === undefined) return NONE
  if (aim !== undefined && measured <= aim) return 'aim'
  if (atLeast === undefined) return 'no'
  return measured <= atLeast ? 'at least' : 'no'
}
