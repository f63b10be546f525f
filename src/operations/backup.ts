import { DUMP, type Manifest, OUTLINE, type Outline } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import { BackupTooLarge, SpaceTooSmall } from '../core/faults.ts'
import { WARNINGS } from '../core/warnings.ts'
import type { Database, Dump, DumpStream } from '../engines/engine.ts'
import type { BackupWriter, Repository } from '../repository/repository.ts'
import { type Bytes, bytesOf } from '../stream/bytes.ts'
import { DumpAhead } from './dump-ahead.ts'
import type { Progress } from './progress.ts'
import { spaceFor } from './space.ts'
import { bytesText } from './words.ts'

export interface BackupRequest {
  /** It may still be opening: the dump begins meanwhile. */
  readonly repository: Repository | Promise<Repository>
  readonly source: Database
  readonly clock: Clock
  readonly progress: Progress
  readonly madeBy: Manifest['madeBy']
  readonly tags: Readonly<Record<string, string>>
  /** A dump that grows past this many bytes fails the backup. */
  readonly maxBytes: number | undefined
  /** Called just before the manifest is written; when it throws, there is no backup. */
  readonly beforeCommit?: () => Promise<void>
}

export interface BackupResult {
  readonly manifest: Manifest
  /** The backup of the same source before this one. */
  readonly previous: Manifest | undefined
  readonly seconds: number
}

/**
 * Backs up one database: its dump, then its outline, then the manifest that makes it a backup.
 * Whatever fails before that ends the dump and leaves no backup behind.
 */
export async function backup(request: BackupRequest, signal: AbortSignal): Promise<BackupResult> {
  const { source, clock, progress } = request
  const began = clock.elapsed()
  const startedAt = clock.now()
  progress.enter('preparing')
  const ahead = new DumpAhead(source, signal)
  let writer: BackupWriter | undefined
  try {
    const repository = await request.repository
    const previous = await newestOf(repository, source.name, signal)
    writer = await repository.writer({ host: request.madeBy.host, previous }, signal)
    const dump = await ahead.dump()
    await refuseWithoutSpace(request, repository, dump, previous, signal)
    await storeStreams(request, dump, ahead.streams(), writer, dumpBytes(previous))
    progress.enter('finishing')
    const outline = dump.outline()
    await writer.store(OUTLINE, 'json', bytesOf(JSON.stringify(outline)), { kind: 'meta' })
    progress.enter('verifying')
    await request.beforeCommit?.()
    const manifest = await writer.commit({
      source: dump.facts,
      startedAt: startedAt.toISOString(),
      tags: request.tags,
      summary: summaryOf(outline),
      warnings: [...dump.warnings()],
      madeBy: request.madeBy,
    })
    return { manifest, previous, seconds: (clock.elapsed() - began) / 1000 }
  } catch (error) {
    await ahead.close(error)
    throw error
  } finally {
    await writer?.close()
  }
}

async function newestOf(repository: Repository, source: string, signal: AbortSignal) {
  const { manifests } = await repository.backups(signal)
  return manifests.find(one => one.source.name === source)
}

/** Bytes of a backup's dump, before deduplication and compression. */
function dumpBytes(manifest: Manifest | undefined): number | undefined {
  return manifest?.streams.find(stream => stream.name === DUMP)?.bytes
}

async function refuseWithoutSpace(
  request: BackupRequest,
  repository: Repository,
  dump: Dump,
  previous: Manifest | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { source, progress } = request
  const free = await repository.free(signal)
  if (free === undefined) return
  const expected = dumpBytes(previous) ?? dump.estimatedBytes
  const verdict = spaceFor(free, expected, previous)
  if (verdict === 'enough') return
  const details = {
    place: repository.place,
    source: source.name,
    free: bytesText(free),
    expected: expected === undefined ? 'an unknown number of bytes' : bytesText(expected),
  }
  if (verdict === 'hopeless') throw new SpaceTooSmall(details)
  progress.notice(WARNINGS.spaceInDoubt(details))
}

async function storeStreams(
  request: BackupRequest,
  dump: Dump,
  streams: AsyncIterable<DumpStream>,
  writer: BackupWriter,
  previousBytes: number | undefined,
): Promise<void> {
  request.progress.enter('dumping', {
    bytes: () => writer.progress().plainBytes,
    item: () => dump.position().table,
    total: previousBytes ?? dump.estimatedBytes,
  })
  let left = request.maxBytes ?? Number.POSITIVE_INFINITY
  const limited = async function* (bytes: Bytes) {
    for await (const part of bytes) {
      left -= part.length
      if (left < 0) {
        const limit = bytesText(request.maxBytes ?? 0)
        throw new BackupTooLarge({ source: request.source.name, limit })
      }
      yield part
    }
  }
  for await (const stream of streams) {
    await writer.store(stream.name, stream.format, limited(stream.bytes))
  }
}

/** How much a backup holds. */
export function summaryOf(outline: Outline): Manifest['summary'] {
  const rows = outline.tables.reduce((sum, table) => sum + table.rows, 0)
  return { tables: outline.tables.length, rows }
}
