import type { History } from './history.ts'

export const KINDS = [
  'lists and details',
  'active runs and summary',
  'statistics',
  'backups',
  'changes',
] as const
export type Kind = (typeof KINDS)[number]

/** A request of the mix; words in capitals stand for ids, one of many each time. */
export interface Question {
  readonly path: string
  readonly method?: 'POST' | 'PATCH'
  readonly body?: object
}

/** How many of 100 requests are of a kind, and which they are, each as often as the others. */
export const MIX: Readonly<Record<Kind, { share: number; questions: readonly Question[] }>> = {
  'lists and details': {
    share: 60,
    questions: [
      { path: '/runs' },
      { path: '/runs?after=OLD' },
      { path: '/runs?source=SOURCE' },
      { path: '/runs?state=failed&source=SOURCE' },
      { path: '/runs?kind=restore&trigger=manual' },
      { path: '/runs?text=refused' },
      { path: '/runs/RUN' },
      { path: '/runs/RUN/log' },
      { path: '/schedules/SCHEDULE' },
    ],
  },
  'active runs and summary': {
    share: 20,
    questions: [{ path: '/runs/active' }, { path: '/summary' }],
  },
  statistics: {
    share: 10,
    questions: [
      { path: '/stats' },
      { path: '/stats?since=WEEK' },
      { path: '/stats?source=SOURCE' },
      { path: '/stats/sources' },
    ],
  },
  backups: {
    share: 5,
    questions: [
      { path: '/backups' },
      { path: '/backups?source=SOURCE' },
      { path: '/backups/BACKUP' },
    ],
  },
  changes: {
    share: 5,
    questions: [
      { method: 'POST', path: '/runs/WAITING/pause' },
      { method: 'POST', path: '/runs/WAITING/resume' },
      { method: 'PATCH', path: '/schedules/SCHEDULE', body: { jitterSeconds: 60 } },
      { method: 'PATCH', path: '/backups/BACKUP', body: { note: 'looked at' } },
    ],
  },
}

/** What those who ask are told. */
export interface LoadTask {
  readonly port: number
  readonly key: string
  /** Requests a second, whatever the answers take. */
  readonly rate: number
  readonly ids: History['ids']
}

/** Milliseconds from the moment in which a request was due until its answer was there. */
export interface Times {
  readonly count: number
  readonly failed: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface LoadReport {
  readonly seconds: number
  readonly times: Readonly<Record<Kind | 'all', Times>>
  /** Some of what went wrong. */
  readonly faults: readonly string[]
}
