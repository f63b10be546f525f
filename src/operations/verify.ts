import { DUMP, type Manifest, type Outline } from '../core/backup.ts'
import { Damaged, WrongUse } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Database, Engine } from '../engines/engine.ts'
import type { Repository } from '../repository/repository.ts'
import { compareOutlines, type Difference } from './compare.ts'
import { Meter } from './meter.ts'
import { readOutline } from './outline.ts'
import type { Progress } from './progress.ts'
import { compareWithLive } from './proof.ts'

export interface VerifyRequest {
  readonly repository: Repository
  readonly manifest: Manifest
  /** The engine of the database. */
  readonly engine: Engine
  readonly database: Database
  readonly progress: Progress
}

/**
 * Everything in which a live database differs from a backup; the database is only read. The whole dump is read
 * back first, as a restore would read it. Throws Damaged where that is not what was backed up.
 */
export async function verify(
  request: VerifyRequest,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const { repository, manifest, engine, database, progress } = request
  requireSameEngine(manifest, engine)
  progress.enter('preparing')
  const reader = await repository.reader(manifest, signal)
  try {
    const outline = await readOutline(reader, manifest)
    const total = manifest.streams.find(stream => stream.name === DUMP)?.bytes
    const stored = new Meter()
    progress.enter('reading', { bytes: () => stored.bytes, total })
    const dump = await engine.outlineOf(stored.through(reader.stream(DUMP)), new Set())
    requireSame(manifest, outline, dump)
    const meter = new Meter()
    progress.enter('verifying', { bytes: () => meter.bytes, total, item: () => meter.item() })
    const evidence = { engine, outline, dump: () => reader.stream(DUMP) }
    return await compareWithLive(evidence, database, { meter, lanes: 1 }, signal)
  } finally {
    await reader.close()
  }
}

/** Refuses a dump that is not what was noted as it was made. */
function requireSame(manifest: Manifest, noted: Outline, stored: Outline): void {
  const [first] = compareOutlines(noted, stored).differences
  if (first === undefined) return
  const what = `the dump of backup ${shortId(manifest.id)}`
  throw new Damaged({ what, why: `${first.kind} ${first.name} ${first.detail}` })
}

/** Refuses to bring a backup together with a database of another product. */
export function requireSameEngine(manifest: Manifest, engine: Engine): void {
  const made = manifest.source.engine
  if (engine.name === made) return
  throw new WrongUse({
    why: `backup ${shortId(manifest.id)} is of ${made}, and the database is of ${engine.name}`,
    hint: `give the URL of a ${made} database`,
  })
}
