import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, link, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Manifest } from '../core/backup.ts'
import { Fault, reason } from '../core/fault.ts'
import { FileExists, FileUnwritable, NoSuchStream } from '../core/faults.ts'
import { newId, shortId } from '../core/ids.ts'
import type { BackupReader, Repository } from '../repository/repository.ts'
import type { Bytes } from '../stream/bytes.ts'
import { Meter } from './meter.ts'
import type { Progress } from './progress.ts'

export interface ExportRequest {
  readonly repository: Repository
  readonly manifest: Manifest
  /** Which stream of the backup. */
  readonly stream: string
  readonly progress: Progress
}

/** Writes a stream of a backup, byte for byte as it was stored, into a program's input. */
export async function exportToStream(
  request: ExportRequest,
  output: Writable,
  signal: AbortSignal,
): Promise<void> {
  await exporting(request, signal, async bytes => {
    await pipeline(Readable.from(bytes, { objectMode: false }), output, { signal, end: false })
  })
}

/** Writes a stream of a backup into a file, which is there whole or not at all; answers what was written. */
export async function exportToFile(
  request: ExportRequest,
  path: string,
  options: { readonly force: boolean },
  signal: AbortSignal,
): Promise<{ readonly sha256: string }> {
  await refuseToOverwrite(path, options.force)
  const digest = createHash('sha256')
  await exporting(request, signal, async bytes => {
    const draft = `${path}.${shortId(newId())}.part`
    try {
      await writeDurably(draft, digested(bytes, digest))
      await (options.force ? rename(draft, path) : moveToFree(draft, path))
      await sync(dirname(path))
    } catch (error) {
      await unlink(draft).catch(ignoringAbsence)
      if (error instanceof Fault || signal.aborted) throw error
      throw new FileUnwritable({ path, why: reason(error) }, error)
    }
  })
  return { sha256: digest.digest('hex') }
}

async function* digested(bytes: Bytes, digest: Hash): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    digest.update(part)
    yield part
  }
}

async function exporting(
  request: ExportRequest,
  signal: AbortSignal,
  write: (bytes: Bytes) => Promise<void>,
): Promise<void> {
  const { repository, manifest, progress } = request
  const stored = manifest.streams.find(one => one.name === request.stream)
  if (stored === undefined) {
    throw new NoSuchStream({
      backup: shortId(manifest.id),
      stream: request.stream,
      has: manifest.streams.map(one => one.name).join(', '),
    })
  }
  const reader: BackupReader = await repository.reader(manifest, signal)
  try {
    const meter = new Meter()
    progress.enter('reading', { bytes: () => meter.bytes, total: stored.bytes })
    await write(meter.through(reader.stream(stored.name)))
  } finally {
    await reader.close()
  }
}

async function writeDurably(path: string, bytes: Bytes): Promise<void> {
  // What a dump holds is for its owner's eyes only.
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const part of bytes) await writeAll(file, part)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writeAll(file: FileHandle, part: Uint8Array): Promise<void> {
  let at = 0
  while (at < part.length) at += (await file.write(part, at)).bytesWritten
}

/** A link fails where a rename would overwrite what came there meanwhile. */
async function moveToFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new FileExists({ path: to }, error)
    if (!NO_LINKS.has(codeOf(error))) throw error
    await refuseToOverwrite(to, false)
    await rename(from, to)
    return
  }
  await unlink(from)
}

/** What file systems without hard links answer. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

async function sync(directory: string): Promise<void> {
  const handle = await open(directory)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Even by force nothing but a file is overwritten: a rename would take the place of a device, too. */
async function refuseToOverwrite(path: string, force: boolean): Promise<void> {
  const there = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new FileUnwritable({ path, why: reason(error) }, error)
  })
  if (there === undefined) return
  if (!there.isFile()) throw new FileUnwritable({ path, why: 'it is not a regular file' })
  if (!force) throw new FileExists({ path })
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

function ignoringAbsence(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}
