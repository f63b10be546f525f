import type { Manifest } from '../core/backup.ts'
import { reason } from '../core/fault.ts'
import { ObjectMissing } from '../core/faults.ts'
import { WARNINGS } from '../core/warnings.ts'
import type { Storage } from '../storage/storage.ts'
import { type DamagedBackup, damageOf } from './check-backup.ts'
import { checkPacks } from './check-packs.ts'
import type { KeyRing } from './key-ring.ts'
import type { KeySlots } from './key-slots.ts'
import { COPIES, MANIFESTS, nameOf, PACKS, SESSIONS } from './layout.ts'
import { type LoadedIndex, loadIndex } from './load-index.ts'
import type { Manifests } from './manifests.ts'
import { type CheckProgress, isDamage, type Problem } from './problem.ts'
import { ChunkReader } from './reader.ts'
import { EXPIRY_MS, readSession } from './session.ts'

export type { DamagedBackup } from './check-backup.ts'

export interface CheckOptions {
  /** Read every pack and open every chunk, instead of only asking whether they are there. */
  readonly readData: boolean
  /** Told while the check goes on, for whoever shows it. */
  readonly progress?: CheckProgress
}

/** An object that hurts backups. */
interface Hurt {
  readonly why: string
  readonly backups: Set<string>
}

export interface CheckReport {
  readonly readData: boolean
  readonly counts: {
    readonly backups: number
    readonly packs: number
    readonly chunks: number
    readonly bytes: number
  }
  /** Objects that are not as they were written, each with the backups that it hurts. */
  readonly problems: readonly (Problem & { readonly backups: readonly string[] })[]
  /** What the reader should know, but what hurts nothing. */
  readonly notes: readonly string[]
  readonly damaged: readonly DamagedBackup[]
}

/** Looks at every object of a repository. Reads only; throws when the storage cannot be read. */
export async function checkRepository(
  at: { storage: Storage; ring: KeyRing; manifests: Manifests },
  keys: KeySlots,
  options: CheckOptions,
  signal: AbortSignal,
): Promise<CheckReport> {
  const { storage, ring, manifests } = at
  const progress = options.progress ?? { stage: 'structure', done: 0, total: 0, bytes: 0 }
  // Before the index: whatever a backup that is there now needs, an index read later names.
  const found = await manifests.all(signal)
  const index = await loadIndex(storage, ring, 'reading', signal)
  const sessions = await checkSessions(storage, ring, signal)
  const structure = [...(await keys.problems(signal)), ...index.problems, ...sessions.problems]
  const read = options.readData
    ? await checkPacks(storage, ring, index, progress, signal)
    : { problems: [], badChunks: new Map<string, string>() }
  const lost = [...index.lostChunks].filter(([id]) => !index.chunks.has(Buffer.from(id, 'hex')))
  const bad = new Map([...lost, ...read.badChunks])
  const damaged: DamagedBackup[] = lostBackups(found.problems)
  const hurt = new Map<string, Hurt>()
  const reader = new ChunkReader(storage, ring, index, signal)
  Object.assign(progress, { stage: 'backups', done: 0, total: found.manifests.length })
  for (const manifest of found.manifests) {
    const damage = await damageOf(manifest, reader, index.chunks, bad)
    progress.done++
    if (damage === undefined) continue
    damaged.push(damage.backup)
    for (const [object, why] of damage.objects) addTo(hurt, object, why, manifest.id)
  }
  for (const { object, why, lost: isLost, id } of found.problems) {
    if (isLost) addTo(hurt, object, why, id)
  }
  const copies = await manifests.badCopies(found.manifests, signal)
  const problems = [...structure, ...read.problems, ...found.problems, ...copies]
  return {
    readData: options.readData,
    counts: await countObjects(storage, index.chunks.size, found.manifests, signal),
    problems: withBackups(problems, hurt),
    notes: [
      ...sessions.notes,
      ...(await copyNotes(storage, found.problems, signal)),
      ...indexNotes(index),
    ],
    damaged,
  }
}

function lostBackups(problems: readonly { id: string; lost: boolean }[]): DamagedBackup[] {
  const ids = new Set(problems.filter(problem => problem.lost).map(problem => problem.id))
  return [...ids].map(id => ({
    id,
    source: undefined,
    startedAt: undefined,
    streams: [],
    tables: 'all',
  }))
}

function withBackups(
  problems: readonly Problem[],
  hurt: ReadonlyMap<string, Hurt>,
): CheckReport['problems'] {
  const named = new Map<string, string>()
  const hurtful = [...hurt].map(([object, { why }]) => ({ object, why }))
  for (const { object, why } of [...problems, ...hurtful]) {
    if (!named.has(object)) named.set(object, why)
  }
  return [...named].map(([object, why]) => ({
    object,
    why,
    backups: [...(hurt.get(object)?.backups ?? [])],
  }))
}

async function countObjects(
  storage: Storage,
  chunks: number,
  manifests: readonly Manifest[],
  signal: AbortSignal,
): Promise<CheckReport['counts']> {
  let packs = 0
  let bytes = 0
  for await (const object of storage.list('', signal)) {
    bytes += object.bytes
    if (object.key.startsWith(PACKS)) packs++
  }
  return { backups: manifests.length, packs, chunks, bytes }
}

async function checkSessions(
  storage: Storage,
  ring: KeyRing,
  signal: AbortSignal,
): Promise<{ problems: Problem[]; notes: string[] }> {
  const problems: Problem[] = []
  const notes: string[] = []
  for await (const { key, modified } of storage.list(SESSIONS, signal)) {
    try {
      const { kind, host, pid, startedAt } = await readSession(storage, ring, key, signal)
      const isOld = Date.now() - modified.getTime() > EXPIRY_MS
      notes.push(WARNINGS.sessionSeen({ kind, pid, host, startedAt, isOld }))
    } catch (error) {
      // Closed since it was listed.
      if (error instanceof ObjectMissing) continue
      if (!isDamage(error)) throw error
      problems.push({ object: key, why: reason(error) })
    }
  }
  return { problems, notes }
}

/** A backup whose second copy is missing was committed by a process that died just then, or lost it. */
async function copyNotes(
  storage: Storage,
  problems: readonly Problem[],
  signal: AbortSignal,
): Promise<string[]> {
  const copies = new Set<string>()
  for await (const { key } of storage.list(COPIES, signal)) copies.add(nameOf(key))
  const notes: string[] = []
  for await (const { key } of storage.list(MANIFESTS, signal)) {
    const id = nameOf(key)
    const known = problems.some(problem => problem.object === COPIES + id)
    if (!copies.has(id) && !known) notes.push(WARNINGS.copyMissing({ copy: COPIES + id }))
  }
  return notes
}

/** An index object that is gone leaves no other trace. */
function indexNotes({ unindexed }: LoadedIndex): string[] {
  if (unindexed.length === 0) return []
  return [WARNINGS.packsUnindexed({ packs: unindexed.length })]
}

function addTo(hurt: Map<string, Hurt>, object: string, why: string, backup: string): void {
  const known = hurt.get(object) ?? { why, backups: new Set() }
  known.backups.add(backup)
  hurt.set(object, known)
}
