import { DUMP, type Manifest, UPLOADED } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import { reason } from '../core/fault.ts'
import { ProofFailed } from '../core/faults.ts'
import { WARNINGS } from '../core/warnings.ts'
import type {
  Afterwards,
  Database,
  Engine,
  RestorableBackup,
  Restore,
  RestoreOptions,
} from '../engines/engine.ts'
import type { Repository } from '../repository/repository.ts'
import type { ByteRange } from '../stream/bytes.ts'
import type { Difference } from './compare.ts'
import { Meter } from './meter.ts'
import { readOutline } from './outline.ts'
import type { Progress } from './progress.ts'
import { compareWithLive } from './proof.ts'
import { requireSameEngine } from './verify.ts'
import { firstOf } from './words.ts'

export interface RestoreRequest {
  readonly repository: Repository
  readonly manifest: Manifest
  /** The engine of the target. */
  readonly engine: Engine
  readonly target: Database
  readonly options: RestoreOptions
  readonly clock: Clock
  readonly progress: Progress
}

export interface RestoreResult {
  readonly database: string
  readonly target: Restore['target']
  /** What the replaced database is called now. */
  readonly kept: string | undefined
  /** How to drop that, or to have it back. */
  readonly afterwards?: Afterwards
  /** Tables and rows that were dumped again and found equal. */
  readonly tables: number
  readonly rows: number
  /** Definitions that this server words differently; their data is proven. */
  readonly reworded: readonly Difference[]
  readonly warnings: readonly string[]
  readonly seconds: number
}

/**
 * Restores a backup into a database beside the target, proves it against the backup, and only then
 * swaps it in. After any failure the target is what it was and nothing is left beside it.
 */
export async function restore(
  request: RestoreRequest,
  signal: AbortSignal,
): Promise<RestoreResult> {
  const { repository, manifest, engine, clock, progress } = request
  requireSameEngine(manifest, engine)
  const began = clock.elapsed()
  progress.enter('preparing')
  const reader = await repository.reader(manifest, signal)
  try {
    const backup = {
      facts: manifest.source,
      isForeign: UPLOADED in manifest.tags,
      outline: await readOutline(reader, manifest),
      stream: (name: string, range?: ByteRange) => reader.stream(name, range),
    }
    const work = await request.target.restore(backup, request.options, signal)
    const done = await perform(request, backup, work, signal)
    return {
      database: request.target.name,
      target: work.target,
      ...done,
      ...manifest.summary,
      warnings: work.warnings(),
      seconds: (clock.elapsed() - began) / 1000,
    }
  } finally {
    await reader.close()
  }
}

async function perform(
  request: RestoreRequest,
  backup: RestorableBackup,
  work: Restore,
  signal: AbortSignal,
): Promise<Pick<RestoreResult, 'kept' | 'afterwards' | 'reworded'>> {
  const { manifest, progress } = request
  const total = manifest.streams.find(stream => stream.name === DUMP)?.bytes
  const item = () => work.position().table
  try {
    await work.create(signal)
    const loaded = new Meter()
    progress.enter('loading', { bytes: () => loaded.bytes, total, item })
    await work.load(range => loaded.through(backup.stream(DUMP, range)), signal)
    progress.enter('indexing', { item })
    await work.finish(signal)
    const read = new Meter()
    progress.enter('verifying', { bytes: () => read.bytes, total, item: () => read.item() })
    const reworded = await prove(request, backup, work, read, signal)
    progress.enter('swapping')
    const swapped = await work.swap(signal)
    return { ...swapped, reworded }
  } catch (error) {
    await discard(work, progress)
    throw error
  }
}

/** Throws unless what stands beside holds what was backed up; gives the definitions that only read differently. */
async function prove(
  request: RestoreRequest,
  backup: RestorableBackup,
  work: Restore,
  meter: Meter,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const { outline } = backup
  const evidence = {
    engine: request.engine,
    outline: { ...outline, objects: outline.objects.filter(one => !work.leavesOut?.has(one.type)) },
    dump: () => backup.stream(DUMP),
  }
  const reading = { meter, lanes: request.options.jobs }
  const differences = await compareWithLive(evidence, work.beside, reading, signal)
  const mayDiffer = new Set<Difference['kind']>(
    request.options.noOwner ? [WORDING, 'owner'] : [WORDING],
  )
  const lost = differences.filter(one => !mayDiffer.has(one.kind))
  if (lost.length > 0) {
    const sentences = lost.map(one => `${one.name} ${one.detail}`)
    throw new ProofFailed({ database: work.besideName, differences: firstOf(sentences, 3) })
  }
  return differences.filter(one => one.kind === WORDING)
}

/** PostgreSQL words some expressions anew when it prints what it was given: their meaning is the same. */
const WORDING = 'definition'

/** The failure that led here is the one to report; what else went wrong becomes a notice. */
async function discard(work: Restore, progress: Progress): Promise<void> {
  try {
    await work.discard()
  } catch (error) {
    const facts = { database: work.besideName, why: reason(error) }
    progress.notice(WARNINGS.besideToDrop(facts))
  }
  for (const warning of work.warnings()) progress.notice(warning)
}
