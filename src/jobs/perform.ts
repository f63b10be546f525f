import { DUMP, type Manifest } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import {
  Damaged,
  DatabaseDiffers,
  DatabaseInUse,
  DatabaseMissing,
  DatabaseRefused,
  LeaseLost,
  RestoreUncertain,
  TargetNotEmpty,
} from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import { asFailure } from '../core/run.ts'
import { BackupRequest, CheckRequest, RestoreRequest, VerifyRequest } from '../core/run-request.ts'
import { Secret } from '../core/secret.ts'
import { backup } from '../operations/backup.ts'
import { check } from '../operations/check.ts'
import type { Database, Engine, Repository } from '../operations/collaborators.ts'
import { findBackup } from '../operations/find.ts'
import { Progress } from '../operations/progress.ts'
import { restore } from '../operations/restore.ts'
import { verify } from '../operations/verify.ts'
import type { Done, Failed, FromRunner, Order } from './protocol.ts'

/** What a runner works with; its main opens the registries. */
export interface RunnerTools {
  readonly clock: Clock
  openRepository(url: string, recoveryKey: Secret): Promise<Repository>
  openDatabase(url: Secret): { engine: Engine; database: Database }
  tell(message: FromRunner): void
  /** Asks the worker for leave to do what cannot be undone; answers whether it was granted. */
  askLeave(): Promise<boolean>
}

/** One run at work. */
interface Work {
  readonly order: Order
  readonly tools: RunnerTools
  readonly repository: Repository
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Throws unless the worker lets the run complete. */
  readonly commit: () => Promise<void>
}

type Ending = Done | Failed
type Finish = Omit<Done, 'type'>

/** Progress is told this often: twice a second. */
const PROGRESS_MS = 500
/** Most differences that a run's record keeps. */
const MOST_DIFFERENCES = 100

/** Performs an order and tells how it ended; never throws. */
export async function perform(
  order: Order,
  tools: RunnerTools,
  signal: AbortSignal,
): Promise<Ending> {
  const progress = new Progress(tools.clock, {
    stage: stage => tools.tell({ type: 'stage', stage }),
    notice: text => tools.tell({ type: 'notice', text }),
  })
  const tellProgress = () => tools.tell({ type: 'progress', progress: progress.standing() })
  const timer = setInterval(tellProgress, PROGRESS_MS)
  try {
    const key = new Secret(order.repository.recoveryKey)
    const repository = await tools.openRepository(order.repository.url, key)
    const commit = async () => {
      if (!(await tools.askLeave())) throw new LeaseLost({ run: order.run })
    }
    return await KINDS[order.kind]({ order, tools, repository, progress, signal, commit })
  } catch (error) {
    return { type: 'failed', failure: asFailure(error) }
  } finally {
    clearInterval(timer)
    tellProgress()
  }
}

const KINDS: Record<Order['kind'], (work: Work) => Promise<Ending>> = {
  backup: performBackup,
  restore: performRestore,
  verify: performVerify,
  check: performCheck,
}

const done = (finish: Finish): Done => ({ type: 'done', ...finish })

async function performBackup(work: Work): Promise<Ending> {
  const { order, tools, repository, progress, signal } = work
  const found = order.again ? await madeBefore(work) : undefined
  if (found !== undefined) {
    // The record of a backup that exists is completed: this, too, must not cross a cancel.
    await work.commit()
    return done({ ...backupFinish(found), result: { ...backupResult(found), recovered: true } })
  }
  const { maxBytes, tags } = BackupRequest.parse(order.request)
  const { manifest, seconds } = await backup(
    {
      repository,
      source: databaseOf(work).database,
      clock: tools.clock,
      progress,
      madeBy: { ...order.madeBy, run: order.run },
      tags,
      maxBytes,
      beforeCommit: work.commit,
    },
    signal,
  )
  return done({ ...backupFinish(manifest), result: { ...backupResult(manifest), seconds } })
}

/** The backup that an earlier attempt of this run made before its worker died. */
async function madeBefore({ order, repository, signal }: Work): Promise<Manifest | undefined> {
  const { manifests } = await repository.backups(signal)
  return manifests.find(one => one.madeBy.run === order.run)
}

/** The names of the chunks are by far the largest part of a manifest, and only the repository needs them. */
function backupFinish(manifest: Manifest): Omit<Finish, 'result'> {
  const streams = manifest.streams.map(one => ({ ...one, recipe: { ...one.recipe, entries: '' } }))
  return { warnings: manifest.warnings, manifest: { ...manifest, streams } }
}

function backupResult(manifest: Manifest): Record<string, unknown> {
  return {
    backup: manifest.id,
    source: manifest.source.name,
    bytes: manifest.streams.find(stream => stream.name === DUMP)?.bytes ?? 0,
    storedBytes: manifest.stored.bytes,
    ...manifest.summary,
  }
}

async function performRestore(work: Work): Promise<Ending> {
  const { order, tools, repository, progress, signal } = work
  const request = RestoreRequest.parse(order.request)
  const { engine, database } = databaseOf(work)
  const manifest = await findBackup(repository, request.backup, signal)
  const settled = order.committed ? await settleSwap(work, manifest) : undefined
  if (settled !== undefined) return settled
  const { replace, disconnect, noOwner } = request
  const restoring = {
    repository,
    manifest,
    engine,
    target: askingBeforeSwap(database, work.commit),
    options: { replace, disconnect, noOwner, jobs: order.cores },
    clock: tools.clock,
    progress,
  }
  try {
    const { reworded, warnings, ...result } = await restore(restoring, signal)
    return done({
      result: { ...result, backup: manifest.id, reworded: reworded.length },
      warnings: [...warnings],
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { type: 'failed', failure: asFailure(error), untouched: true }
  }
}

/** Said by a server that is there: whatever it was asked to do, the swap above all, it did nothing of it. */
const isRefusal = (error: unknown): boolean =>
  error instanceof DatabaseInUse ||
  error instanceof DatabaseRefused ||
  error instanceof TargetNotEmpty

/** A database whose restore asks for leave before it takes the target's place. */
function askingBeforeSwap(database: Database, commit: () => Promise<void>): Database {
  return {
    name: database.name,
    dump: (options, signal) => database.dump(options, signal),
    survey: (options, signal) => database.survey(options, signal),
    inspect: (stored, options, signal) => database.inspect(stored, options, signal),
    restore: async (stored, options, signal) => {
      const work = await database.restore(stored, options, signal)
      const swap = work.swap.bind(work)
      work.swap = async during => {
        await commit()
        return await swap(during)
      }
      return work
    },
  }
}

/**
 * What to say of a restore whose worker died while it swapped: whether the target is the backup now. Undefined
 * where there is no target: nothing was swapped in, and nothing stands in the way of doing it again.
 */
async function settleSwap(work: Work, manifest: Manifest): Promise<Ending | undefined> {
  const differences = await compare(work, manifest).catch((error: unknown) => {
    if (error instanceof DatabaseMissing) return undefined
    throw error
  })
  if (differences === undefined) return undefined
  const { database } = databaseOf(work)
  const result = { database: database.name, backup: manifest.id, ...manifest.summary }
  if (differences.length === 0)
    return done({ result: { ...result, recovered: true }, warnings: [] })
  throw new RestoreUncertain({ database: database.name, backup: shortId(manifest.id) })
}

async function performVerify(work: Work): Promise<Ending> {
  const request = VerifyRequest.parse(work.order.request)
  const manifest = await findBackup(work.repository, request.backup, work.signal)
  const differences = await compare(work, manifest)
  const result = {
    equal: differences.length === 0,
    backup: manifest.id,
    ...manifest.summary,
    differenceCount: differences.length,
    differences: differences.slice(0, MOST_DIFFERENCES),
  }
  if (differences.length === 0) return done({ result, warnings: [] })
  const fault = new DatabaseDiffers({
    database: databaseOf(work).database.name,
    backup: shortId(manifest.id),
    count: differences.length,
  })
  return { type: 'failed', failure: asFailure(fault), result }
}

async function compare({ order, tools, repository, progress, signal }: Work, manifest: Manifest) {
  const { engine, database } = tools.openDatabase(new Secret(order.database ?? ''))
  return await verify({ repository, manifest, engine, database, progress }, signal)
}

async function performCheck(work: Work): Promise<Ending> {
  const { readData } = CheckRequest.parse(work.order.request)
  const { repository, progress, signal } = work
  const { problems, damaged, notes, counts } = await check(
    repository,
    { readData, progress },
    signal,
  )
  const result = {
    readData,
    ...counts,
    problemCount: problems.length,
    problems: problems.slice(0, MOST_DIFFERENCES),
    damaged: damaged.slice(0, MOST_DIFFERENCES),
  }
  const [first] = problems
  if (first === undefined && damaged.length === 0) return done({ result, warnings: [...notes] })
  const why = first === undefined ? `${damaged.length} backups are hurt` : first.why
  const fault = new Damaged({ what: first?.object ?? repository.place, why })
  return { type: 'failed', failure: asFailure(fault), result }
}

function databaseOf({ order, tools }: Work) {
  return tools.openDatabase(new Secret(order.database ?? ''))
}
