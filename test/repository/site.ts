import assert from 'node:assert/strict'
import type { Manifest } from '../../src/core/backup.ts'
import type { Clock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import { type KeyRing, keyRing } from '../../src/repository/key-ring.ts'
import { KeySlots } from '../../src/repository/key-slots.ts'
import { type BackupFacts, type BackupWriter, Repository } from '../../src/repository/repository.ts'
import type { Storage } from '../../src/storage/storage.ts'
import { bytesOf, collect } from '../../src/stream/bytes.ts'
import { MemoryStorage } from '../support/memory.ts'
import { sha256, unhurried } from './material.ts'

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #elapsed = 0
  #now = Date.parse('2026-03-01T02:00:00Z')

  now(): Date {
    return new Date(this.#now)
  }

  elapsed(): number {
    return this.#elapsed
  }

  advance(ms: number): void {
    this.#now += ms
    this.#elapsed += ms
  }

  /** Time passes while the machine sleeps: the monotonic clock stands still. */
  sleep(ms: number): void {
    this.#now += ms
  }
}

export const minutes = (count: number): number => count * 60_000

export const PASSPHRASE = new Secret('correct horse')

/** A repository in memory, its clock, and its recovery key, which opens it without costly scrypt. */
export interface Site {
  readonly storage: MemoryStorage
  readonly clock: ManualClock
  readonly recoveryKey: Secret
}

export async function newSite(): Promise<Site & { repository: Repository }> {
  const clock = new ManualClock()
  const storage = new MemoryStorage(clock)
  const options = { passphrase: PASSPHRASE, clock }
  const { repository, recoveryKey } = await Repository.init(storage, options, unhurried)
  return { storage, clock, recoveryKey, repository }
}

/** The same objects again, to be damaged without spoiling the first. */
export function cloneSite(site: Site): Site {
  const clock = new ManualClock()
  clock.advance(site.clock.elapsed())
  const storage = new MemoryStorage(clock)
  for (const [key, object] of site.storage.objects) storage.objects.set(key, object)
  return { storage, clock, recoveryKey: site.recoveryKey }
}

export async function openSite(site: Site, through: Storage = site.storage): Promise<Repository> {
  const { recoveryKey, clock } = site
  return await Repository.open(through, { recoveryKey }, { clock }, unhurried)
}

/** The keys of a repository, for tests that write objects themselves. */
export async function ringOf(site: Site): Promise<KeyRing> {
  const { id } = await openSite(site)
  const { recoveryKey } = site
  const { master } = await KeySlots.unlock(site.storage, [id], { recoveryKey }, unhurried)
  return keyRing(master, Buffer.from(id, 'hex'))
}

export const keysOf = (site: Site, prefix: string): string[] =>
  [...site.storage.objects.keys()].filter(key => key.startsWith(prefix)).sort()

export function bytesAt(site: Site, key: string): Buffer {
  const object = site.storage.objects.get(key)
  if (object === undefined) throw new Error(`${key} is not there`)
  return Buffer.from(object.bytes)
}

export function replace(site: Site, key: string, bytes: Uint8Array): void {
  const modified = site.storage.objects.get(key)?.modified ?? site.clock.now()
  site.storage.objects.set(key, { bytes, modified })
}

export function factsOf(source: string, startedAt: Date): BackupFacts {
  return {
    source: {
      engine: 'test',
      name: source,
      server: '1',
      tool: 'none',
      database: 'shop',
      properties: { encoding: 'UTF8', größe: [1, null, true] },
    },
    startedAt: startedAt.toISOString(),
    tags: { kept: 'for ever' },
    summary: { tables: 1, rows: 2 },
    warnings: ['nothing to worry about'],
    madeBy: { holdfast: '0.0.0', host: 'test' },
  }
}

export type Streams = Readonly<Record<string, Buffer>>

/** Streams called `outline` go where outlines go. */
export async function storeAll(writer: BackupWriter, streams: Streams): Promise<void> {
  for (const [name, bytes] of Object.entries(streams)) {
    const kind = name === 'outline' ? 'meta' : 'data'
    await writer.store(name, 'test', piecesOf(bytes), { kind })
  }
}

/** One backup, a minute after the one before it. */
export async function backUp(
  repository: Repository,
  clock: ManualClock,
  streams: Streams,
  source = 'shop@db',
  previous?: Manifest,
): Promise<Manifest> {
  clock.advance(minutes(1))
  const writer = await repository.writer({ host: 'test', previous }, unhurried)
  try {
    await storeAll(writer, streams)
    return await writer.commit(factsOf(source, clock.now()))
  } finally {
    await writer.close()
  }
}

export async function readStream(
  repository: Repository,
  manifest: Manifest,
  name: string,
): Promise<Buffer> {
  const reader = await repository.reader(manifest, unhurried)
  try {
    return Buffer.from(await collect(reader.stream(name)))
  } finally {
    await reader.close()
  }
}

/** As a dump program writes: 64 KiB at a time. */
function piecesOf(bytes: Buffer) {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 65_536) pieces.push(bytes.subarray(at, at + 65_536))
  return bytesOf(...pieces)
}

/** Everything that is listed is read to its end and is what it was. */
export async function assertWhole(
  site: Site,
  expected: ReadonlyMap<string, Streams>,
): Promise<void> {
  const repository = await openSite(site)
  const { manifests, damaged } = await repository.backups(unhurried)
  assert.deepEqual(damaged, [])
  assert.deepEqual(manifests.map(({ id }) => id).sort(), [...expected.keys()].sort())
  for (const manifest of manifests) {
    for (const [name, bytes] of Object.entries(expected.get(manifest.id) ?? {})) {
      assert.equal(sha256(await readStream(repository, manifest, name)), sha256(bytes))
    }
  }
  const report = await repository.check({ readData: true }, unhurried)
  assert.deepEqual([report.problems, report.damaged], [[], []])
}
