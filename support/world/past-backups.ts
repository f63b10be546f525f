import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Manifest } from '../../src/core/backup.ts'
import type { Clock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { openDatabase } from '../../src/engines/index.ts'
import { backup } from '../../src/operations/backup.ts'
import { Progress } from '../../src/operations/progress.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import type { PostgresServer } from '../postgres.ts'
import { passDay } from './databases.ts'
import { backupTimesOf, SAMPLE_SOURCES, type SampleSource } from './sources.ts'

/** A repository with backups of the past, and what opens it. */
export interface PastBackups {
  readonly url: string
  readonly recoveryKey: string
  readonly bySource: ReadonlyMap<string, readonly PastBackup[]>
}

/** A backup, with the run that is told to have made it. */
export interface PastBackup {
  readonly run: string
  readonly manifest: Manifest
}

/** A clock that somebody has set. */
class SetClock implements Clock {
  #ahead = 0

  set(now: Date): void {
    this.#ahead = now.getTime() - Date.now()
  }

  now(): Date {
    return new Date(Date.now() + this.#ahead)
  }

  elapsed(): number {
    return performance.now()
  }
}

/**
 * Makes a repository in a new directory and backs every database up as often as it was so far, with days of
 * work between: whole backups, which can be restored, by a clock that stands in the past.
 */
export async function makePastBackups(
  server: PostgresServer,
  directory: string,
  options: { readonly now: Date; readonly version: string; readonly signal: AbortSignal },
): Promise<PastBackups> {
  const { now, version, signal } = options
  const clock = new SetClock()
  const [first = now] = SAMPLE_SOURCES.flatMap(source => backupTimesOf(source, now)).sort(
    (a, b) => a.getTime() - b.getTime(),
  )
  clock.set(first)
  const storage = openStorage(directory)
  try {
    const passphrase = new Secret(randomUUID())
    const made = await Repository.init(storage, { passphrase, clock }, signal)
    // Two at a time, each with a clock of its own.
    const waiting = [...SAMPLE_SOURCES]
    const bySource = new Map<string, readonly PastBackup[]>()
    const work = async () => {
      for (let source = waiting.shift(); source !== undefined; source = waiting.shift()) {
        const clock = new SetClock()
        const key = { recoveryKey: made.recoveryKey }
        const repository = await Repository.open(storage, key, { clock }, signal)
        const times = backupTimesOf(source, now)
        const past = { server, source, repository, clock, times, version, signal }
        bySource.set(source.name, await backupsOf(past))
      }
    }
    // Neither is at work any more when this ends: each has files of its own meanwhile.
    const ends = await Promise.allSettled([work(), work()])
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    return { url: directory, recoveryKey: made.recoveryKey.reveal(), bySource }
  } finally {
    await storage.close()
  }
}

async function backupsOf(past: {
  readonly server: PostgresServer
  readonly source: SampleSource
  readonly repository: Repository
  readonly clock: SetClock
  readonly times: readonly Date[]
  readonly version: string
  readonly signal: AbortSignal
}): Promise<PastBackup[]> {
  const { server, source, repository, clock, version, signal } = past
  const settings = { path: '', pgBin: server.bin }
  const { database } = openDatabase(new Secret(server.url(source.name)), settings)
  const made: PastBackup[] = []
  for (const [day, time] of past.times.entries()) {
    await server.query(source.name, passDay[source.name]?.(day) ?? 'select')
    clock.set(time)
    const run = randomUUID()
    const request = {
      repository,
      source: database,
      clock,
      progress: new Progress(clock),
      madeBy: { holdfast: version, host: hostname(), run },
      tags: {},
      maxBytes: undefined,
    }
    const { manifest } = await backup(request, signal)
    made.push({ run, manifest })
  }
  return made
}
