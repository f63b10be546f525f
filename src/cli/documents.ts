import { DUMP, type Manifest, type Outline } from '../core/backup.ts'
import type { KeySlot } from '../operations/collaborators.ts'

/** Bytes of the engine's own dump, before anything was saved on it. */
export const dumpBytes = (manifest: Manifest): number =>
  manifest.streams.find(stream => stream.name === DUMP)?.bytes ?? 0

export const stateOf = (manifest: Manifest): 'good' | 'warnings' =>
  manifest.warnings.length === 0 ? 'good' : 'warnings'

export const secondsOf = (manifest: Manifest): number =>
  (Date.parse(manifest.finishedAt) - Date.parse(manifest.startedAt)) / 1000

/** A backup, as every `--json` document shows it. */
export function backupDocument(manifest: Manifest): Record<string, unknown> {
  const { engine, name, server, tool, database } = manifest.source
  return {
    id: manifest.id,
    state: stateOf(manifest),
    source: { name, engine, server, tool, database },
    startedAt: manifest.startedAt,
    finishedAt: manifest.finishedAt,
    seconds: secondsOf(manifest),
    bytes: dumpBytes(manifest),
    stored: manifest.stored,
    tables: manifest.summary.tables,
    rows: manifest.summary.rows,
    tags: manifest.tags,
    warnings: manifest.warnings,
    madeBy: manifest.madeBy,
    previous: manifest.previous?.id ?? null,
  }
}

/** What a backup holds, without where it lies in the dump. */
export function outlineDocument(outline: Outline): Record<string, unknown> {
  const { count, bytes, sha256 } = outline.largeObjects
  return {
    tables: outline.tables.map(({ schema, name, rows, bytes, sha256 }) => ({
      schema,
      name,
      rows,
      bytes,
      sha256,
    })),
    largeObjects: { count, bytes, sha256 },
    sequences: outline.sequences,
    objects: outline.objects,
  }
}

/** A key slot without what is sealed in it. */
export const keyDocument = ({ id, kind, label, created }: KeySlot) => ({ id, kind, label, created })
