import { DUMP, type Manifest, OUTLINE, type Outline } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import { DumpTooLarge } from '../core/faults.ts'
import type { Engine, ForeignDump } from '../engines/engine.ts'
import type { Repository } from '../repository/repository.ts'
import { type Bytes, bytesOf } from '../stream/bytes.ts'
import { summaryOf } from './backup.ts'
import type { Progress } from './progress.ts'
import { bytesText } from './words.ts'

export interface ImportRequest {
  readonly repository: Repository
  readonly engine: Engine
  /** A dump that the engine's own tool made, whoever ran it. */
  readonly dump: Bytes
  /** What it is called: the name of its file. */
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  /** A dump larger than this, also after it was decompressed, is refused. */
  readonly maxBytes: number
  readonly madeBy: Manifest['madeBy']
  readonly clock: Clock
  readonly progress: Progress
  /** Called just before the manifest is written; when it throws, there is no backup. */
  readonly beforeCommit?: () => Promise<void>
}

export interface ImportResult {
  readonly manifest: Manifest
  readonly seconds: number
}

/**
 * Makes a native dump a backup like any other: it is read to its end in passing, and only one that is whole
 * is kept. It counts as old as the dump says it is, so that it is the latest backup only where it is.
 */
export async function importDump(
  request: ImportRequest,
  signal: AbortSignal,
): Promise<ImportResult> {
  const { repository, engine, clock, progress } = request
  const began = clock.elapsed()
  progress.enter('preparing')
  const writer = await repository.writer({ host: request.madeBy.host }, signal)
  try {
    const foreign = engine.foreignDump(limited(request.dump, request), request.name)
    progress.enter('reading', {
      bytes: () => writer.progress().plainBytes,
      item: () => foreign.position().table,
    })
    await writer.store(DUMP, foreign.format, limited(foreign.bytes, request))
    progress.enter('finishing')
    const outline = foreign.outline()
    await writer.store(OUTLINE, 'json', bytesOf(JSON.stringify(outline)), { kind: 'meta' })
    await request.beforeCommit?.()
    const manifest = await writer.commit(factsOf(request, foreign, outline))
    return { manifest, seconds: (clock.elapsed() - began) / 1000 }
  } finally {
    await writer.close()
  }
}

function factsOf({ clock, madeBy, tags }: ImportRequest, foreign: ForeignDump, outline: Outline) {
  const now = clock.now().getTime()
  const said = foreign.madeAt().getTime()
  // A clock that went ahead, or another time zone, must not make it newer than all backups to come.
  const made = said > 0 && said < now ? said : now
  return {
    source: foreign.facts(),
    startedAt: new Date(made).toISOString(),
    tags,
    summary: summaryOf(outline),
    warnings: [...foreign.warnings()],
    madeBy,
  }
}

/** Once for what arrives and once for what comes out of it: a small file may decompress to anything. */
async function* limited(
  bytes: Bytes,
  { name, maxBytes }: ImportRequest,
): AsyncGenerator<Uint8Array> {
  let left = maxBytes
  for await (const part of bytes) {
    left -= part.length
    if (left < 0) throw new DumpTooLarge({ name, limit: bytesText(maxBytes) })
    yield part
  }
}
