import { DUMP, type Manifest } from '../core/backup.ts'
import { WrongUse } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Database, Engine } from '../engines/engine.ts'
import type { Repository } from '../repository/repository.ts'
import type { Difference } from './compare.ts'
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

/** Everything in which a live database differs from a backup; the database is only read. */
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
    const meter = new Meter()
    const total = manifest.streams.find(stream => stream.name === DUMP)?.bytes
    progress.enter('verifying', { bytes: () => meter.bytes, total, item: () => meter.item() })
    const evidence = { engine, outline, dump: () => reader.stream(DUMP) }
    return await compareWithLive(evidence, database, { meter, lanes: 1 }, signal)
  } finally {
    await reader.close()
  }
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
