import type { Manifest } from '../core/backup.ts'
import { reason } from '../core/fault.ts'
import type { Storage } from '../storage/storage.ts'
import { type DamagedBackup, damageOf } from './check-backup.ts'
import { checkPacks } from './check-packs.ts'
import type { KeyRing } from './key-ring.ts'
import type { KeySlots } from './key-slots.ts'
import { COPIES, MANIFESTS, nameOf, PACKS, SESSIONS } from './layout.ts'
import { isDamage, loadIndex, type Problem } from './load-index.ts'
import type { Manifests } from './manifests.ts'
import { ChunkReader } from './reader.ts'
import { EXPIRY_MS, readSession } from './session.ts'

export type { DamagedBackup } from './check-backup.ts'

export interface CheckOptions {
  /** Read every pack and open every chunk, instead of only asking whether they are there. */
  readonly readData: boolean
  /** Told while the check goes on, for whoever shows it. */
  readonly progress?: CheckProgress
}

export interface CheckProgress {
  stage: 'structure' | 'data' | 'backups'
  done: number
  total: number
  bytes: number
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
  const index = await loadIndex(storage, ring, signal)
  const found = await manifests.all(signal)
  const sessions = await checkSessions(storage, ring, signal)
  const structure = [...(await keys.problems(signal)), ...index.problems, ...sessions.problems]
  const read = options.readData
    ? await checkPacks(storage, ring, index, progress, signal)
    : { problems: [], badChunks: new Map<string, string>() }
  const lost = [...index.lostChunks].filter(([id]) => !index.chunks.has(Buffer.from(id, 'hex')))
  const bad = new Map([...lost, ...read.badChunks])
  const damaged: DamagedBackup[] = lostBackups(found.problems)
  const hurt = new Map<string, Set<string>>()
  const reader = new ChunkReader(storage, ring, index, signal)
  Object.assign(progress, { stage: 'backups', done: 0, total: found.manifests.length })
  for (const manifest of found.manifests) {
    const damage = await damageOf(manifest, reader, index.chunks, bad)
    progress.done++
    if (damage === undefined) continue
    damaged.push(damage.backup)
    for (const object of damage.objects) addTo(hurt, object, manifest.id)
  }
  for (const problem of found.problems) if (problem.lost) addTo(hurt, problem.object, problem.id)
  const problems = [...structure, ...read.problems, ...found.problems.filter(isBroken)]
  return {
    readData: options.readData,
    counts: await countObjects(storage, index.chunks.size, found.manifests, signal),
    problems: withBackups(problems, hurt),
    notes: [...sessions.notes, ...(await copyNotes(storage, found.problems, signal))],
    damaged,
  }
}

/** A manifest without its copy, or the reverse, is noted apart; here only what is broken or lost. */
const isBroken = (problem: { object: string; why: string }): boolean =>
  !(problem.object.startsWith(COPIES) && problem.why.includes('is not in'))

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
  hurt: ReadonlyMap<string, ReadonlySet<string>>,
): CheckReport['problems'] {
  const named = new Map<string, Problem>()
  for (const { object, why } of problems) if (!named.has(object)) named.set(object, { object, why })
  for (const object of hurt.keys()) {
    if (!named.has(object)) named.set(object, { object, why: 'it is gone' })
  }
  return [...named.values()].map(problem => ({
    ...problem,
    backups: [...(hurt.get(problem.object) ?? [])],
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
      const old = Date.now() - modified.getTime() > EXPIRY_MS
      const state = old ? 'died; it hurts nothing' : 'is at work or died in the last half hour'
      notes.push(`a ${kind} (process ${pid} on ${host}, since ${startedAt}) ${state}`)
    } catch (error) {
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
    if (!copies.has(id) && !known) notes.push(`${COPIES}${id} is missing; its manifest is whole`)
  }
  return notes
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set()
  map.set(key, set.add(value))
}
