import type { Run } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'

/** What has become of a source's first backup and its proof. */
export interface FirstRuns {
  readonly backup: Run | undefined
  readonly proof: Run | undefined
}

const OVER: ReadonlySet<Run['state']> = new Set(['completed', 'failed', 'cancelled', 'skipped'])
export const isOver = ({ state }: Pick<Run, 'state'>): boolean => OVER.has(state)

/** Of runs, newest first: a backup that is proven, or else the newest one, and what compared it with its database. */
export function firstRunsIn(runs: readonly Run[]): FirstRuns {
  const done = runs.find(one => one.kind === 'verify' && one.state === 'completed')
  const backups = runs.filter(one => one.kind === 'backup')
  const proven = done && backups.find(one => one.backupId === done.request.backup)
  if (proven !== undefined) return { backup: proven, proof: done }
  const [backup] = backups
  const id = backup?.backupId
  const isOfIt = (one: Run) => one.kind === 'verify' && one.request.backup === id
  return { backup, proof: typeof id === 'string' ? runs.find(isOfIt) : undefined }
}

export const startBackup = (source: string): Promise<Run> =>
  client.startRun({ kind: 'backup', source })

/** However often it is asked for, a backup is compared once. */
export const startProof = (source: string, backup: string): Promise<Run> =>
  client.startRun(
    { kind: 'verify', source, backup },
    { idempotencyKey: `first-proof-${source}-${backup}`.slice(0, 200) },
  )
