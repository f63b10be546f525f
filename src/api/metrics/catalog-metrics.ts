import { Counter, Gauge, Registry } from 'prom-client'
import type { Figures } from '../../catalog/figures.ts'
import { VERDICTS } from '../../catalog/summary.ts'

/** Sources beyond so many are not told one by one: a monitoring system holds every series for long. */
const MOST_SOURCES = 1_000

type Values = readonly (readonly [labels: Record<string, string>, value: number])[]

/** One family of metrics, and how it is read off the figures. */
interface Family {
  readonly name: string
  readonly help: string
  readonly labels?: readonly string[]
  readonly isCounter?: boolean
  readonly values: (figures: Figures) => Values
}

const one = (value: number): Values => [[{}, value]]
const seconds = (at: Date): number => at.getTime() / 1000

const FAMILIES: readonly Family[] = [
  {
    name: 'holdfast_runs_total',
    help: 'Runs that are over, by kind and by the state they ended in.',
    labels: ['kind', 'state'],
    isCounter: true,
    values: ({ finished }) => finished.map(({ kind, state, runs }) => [{ kind, state }, runs]),
  },
  {
    name: 'holdfast_run_seconds_total',
    help: 'Seconds that completed runs took; divided by their number, the mean duration.',
    labels: ['kind'],
    isCounter: true,
    values: ({ finished }) =>
      finished
        .filter(({ state }) => state === 'completed')
        .map(row => [{ kind: row.kind }, row.seconds]),
  },
  {
    name: 'holdfast_dumped_bytes_total',
    help: 'Bytes of the dumps of completed backups.',
    isCounter: true,
    values: ({ finished }) => one(finished.reduce((sum, row) => sum + row.dumpedBytes, 0)),
  },
  {
    name: 'holdfast_stored_bytes_total',
    help: 'Bytes that completed backups added to their repositories.',
    isCounter: true,
    values: ({ finished }) => one(finished.reduce((sum, row) => sum + row.storedBytes, 0)),
  },
  {
    name: 'holdfast_runs_active',
    help: 'Runs that are queued, running, paused or waiting to be retried, by kind and state.',
    labels: ['kind', 'state'],
    values: ({ active }) => active.map(({ kind, state, runs }) => [{ kind, state }, runs]),
  },
  {
    name: 'holdfast_queue_runs',
    help: 'Runs that wait for a node.',
    values: ({ active }) => one(waiting(active).reduce((sum, row) => sum + row.runs, 0)),
  },
  {
    name: 'holdfast_queue_oldest_seconds',
    help: 'How long ago the first of the runs that wait was asked for; 0 while none waits.',
    values: ({ active }) => one(Math.max(0, ...waiting(active).map(row => row.oldestSeconds))),
  },
  {
    name: 'holdfast_sources',
    help: 'Sources, by how they stand: good, failing, overdue, never (due and without a backup), unscheduled.',
    labels: ['standing'],
    values: ({ sources }) =>
      VERDICTS.map(standing => [
        { standing },
        sources.filter(({ verdict }) => verdict === standing).length,
      ]),
  },
  {
    name: 'holdfast_source_last_backup_timestamp_seconds',
    help: 'When the last good backup of a source was made; absent while it has none.',
    labels: ['source'],
    values: figures =>
      told(figures).flatMap(({ name, lastGood }) =>
        lastGood === null ? [] : [[{ source: name }, seconds(lastGood.at)] as const],
      ),
  },
  {
    name: 'holdfast_source_last_proof_timestamp_seconds',
    help: 'When a backup of a source was last proven by comparison; absent while none was.',
    labels: ['source'],
    values: figures =>
      told(figures).flatMap(({ name, lastProofAt }) =>
        lastProofAt === null ? [] : [[{ source: name }, seconds(lastProofAt)] as const],
      ),
  },
  {
    name: 'holdfast_source_period_seconds',
    help: 'The longest time between two backups that the schedules of a source ask for.',
    labels: ['source'],
    values: figures =>
      told(figures).flatMap(({ name, periodSeconds }) =>
        periodSeconds === null ? [] : [[{ source: name }, periodSeconds] as const],
      ),
  },
  {
    name: 'holdfast_source_overdue',
    help: '1 where a source had no good backup within its period and a quarter of it, at least 15 minutes.',
    labels: ['source'],
    values: figures =>
      told(figures).map(({ name, verdict }) => [
        { source: name },
        verdict === 'overdue' || verdict === 'never' ? 1 : 0,
      ]),
  },
  {
    name: 'holdfast_repository_reachable',
    help: '0 while a repository cannot be reached, as looks every few minutes find it; absent until the first one.',
    labels: ['repository'],
    values: ({ repositories }) =>
      repositories.flatMap(row =>
        row.isReachable === null ? [] : [[labelled(row), row.isReachable ? 1 : 0] as const],
      ),
  },
  {
    name: 'holdfast_repository_backups',
    help: 'Backups in a repository.',
    labels: ['repository'],
    values: ({ repositories }) => repositories.map(row => [labelled(row), row.backups]),
  },
  {
    name: 'holdfast_repository_dump_bytes',
    help: 'Bytes of the dumps of all backups in a repository.',
    labels: ['repository'],
    values: ({ repositories }) => repositories.map(row => [labelled(row), row.dumpBytes]),
  },
  {
    name: 'holdfast_repository_stored_bytes',
    help: 'Bytes that a repository takes on its storage, as last measured; absent until then.',
    labels: ['repository'],
    values: ({ repositories }) =>
      repositories.flatMap(row =>
        row.storedBytes === null ? [] : [[labelled(row), row.storedBytes] as const],
      ),
  },
  {
    name: 'holdfast_repository_dedup_ratio',
    help: 'Bytes of all dumps in a repository for each byte that it takes.',
    labels: ['repository'],
    values: ({ repositories }) =>
      repositories.flatMap(row =>
        row.storedBytes ? [[labelled(row), row.dumpBytes / row.storedBytes] as const] : [],
      ),
  },
  {
    name: 'holdfast_schedules',
    help: 'Schedules, by whether they are enabled.',
    labels: ['enabled'],
    values: ({ counts }) => [
      [{ enabled: 'true' }, counts.schedulesEnabled],
      [{ enabled: 'false' }, counts.schedulesDisabled],
    ],
  },
  {
    name: 'holdfast_scheduler_running',
    help: '0 while somebody has stopped the scheduler: no schedule fires.',
    values: ({ counts }) => one(counts.isFiring ? 1 : 0),
  },
  {
    name: 'holdfast_paused',
    help: '1 while everything is paused.',
    values: ({ counts }) => one(counts.isPaused ? 1 : 0),
  },
  {
    name: 'holdfast_nodes',
    help: 'Nodes that work and were heard of in the last minute.',
    values: ({ counts }) => one(counts.nodes),
  },
  {
    name: 'holdfast_run_places',
    help: 'How many runs all nodes together perform at once.',
    values: ({ counts }) => one(counts.places),
  },
]

const waiting = (active: Figures['active']) => active.filter(({ state }) => state === 'queued')
const told = ({ sources }: Figures) => sources.slice(0, MOST_SOURCES)
const labelled = ({ repository }: { readonly repository: string }) => ({ repository })

/** What the catalog knows, as metrics. */
export function catalogMetrics(figures: Figures): Registry {
  const registry = new Registry()
  for (const { name, help, labels = [], isCounter = false, values } of FAMILIES) {
    const about = { name, help, labelNames: [...labels], registers: [registry] }
    // Both are made anew for every look, so that whatever has gone from the catalog has gone here.
    const metric = isCounter ? new Counter(about) : new Gauge(about)
    for (const [of, value] of values(figures)) metric.inc(of, value)
  }
  return registry
}
