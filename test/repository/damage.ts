import assert from 'node:assert/strict'
import { type Manifest, Outline } from '../../src/core/backup.ts'
import { Fault } from '../../src/core/fault.ts'
import type { KeyRing } from '../../src/repository/key-ring.ts'
import type { CheckReport, Repository } from '../../src/repository/repository.ts'
import { forgeObject } from './forge.ts'
import { flipped, unhurried } from './material.ts'
import { type Layout, layoutOf, type Pack, packsOf } from './shop.ts'
import {
  backUp,
  bytesAt,
  cloneSite,
  newSite,
  openSite,
  replace,
  ringOf,
  type Site,
  type Streams,
} from './site.ts'

export interface Backup {
  readonly manifest: Manifest
  readonly content: Streams
  readonly streams: readonly Layout[]
}

/** A sound repository in which somebody is at work, and whose trash names a pack that is not there. */
export interface Scene {
  readonly site: Site
  readonly ring: KeyRing
  readonly backups: readonly Backup[]
  readonly packs: readonly Pack[]
}

export async function sceneOf(contents: readonly Streams[]): Promise<Scene> {
  const site = await newSite()
  const ring = await ringOf(site)
  const repository = await openSite(site)
  const made: [Manifest, Streams][] = []
  for (const content of contents)
    made.push([await backUp(repository, site.clock, content), content])
  const backups: Backup[] = []
  for (const [manifest, content] of made) {
    backups.push({ manifest, content, streams: await layoutOf(site, ring, manifest) })
    await repository.reader(manifest, unhurried)
  }
  const trash = `trash/${'ef'.repeat(16)}`
  replace(site, trash, forgeObject(ring, { kind: 4, name: trash }, Buffer.alloc(32, 9)))
  return { site, ring, backups, packs: packsOf(site, ring) }
}

/** What is done to one object; undefined: it is removed. */
export type Damage = readonly [name: string, change: (bytes: Buffer) => Buffer | undefined]

export const bit = (at: number, nth = 0): Damage => [
  `bit ${nth} of byte ${at}`,
  bytes => flipped(bytes, at < 0 ? bytes.length + at : at, nth),
]
export const cuts: readonly Damage[] = [
  ['the last byte cut off', bytes => bytes.subarray(0, -1)],
  ['half cut off', bytes => bytes.subarray(0, bytes.length >> 1)],
  ['emptied', () => Buffer.alloc(0)],
]
export const removal: Damage = ['removed', () => undefined]

export function damagedSite({ site: sound }: Scene, key: string, [, change]: Damage): Site {
  const site = cloneSite(sound)
  const changed = change(bytesAt(site, key))
  if (changed === undefined) site.storage.objects.delete(key)
  else replace(site, key, changed)
  return site
}

export const idsIn = (pack: Pack): Set<string> =>
  new Set(pack.entries.map(({ id }) => id.toString('hex')))

/** What must be reported when these chunks, by id, are lost or broken. */
export function expectedDamage(scene: Scene, bad: ReadonlySet<string>): CheckReport['damaged'] {
  const damaged: CheckReport['damaged'][number][] = []
  for (const { manifest, content, streams } of scene.backups.toReversed()) {
    const hurt = streams.filter(stream => lostRanges(stream, bad).length > 0)
    if (hurt.length === 0) continue
    const dump = hurt.find(({ name }) => name === 'dump')
    const noOutline = hurt.some(({ name }) => name === 'outline')
    const tables = dump === undefined ? [] : noOutline ? 'all' : hurtTables(content, dump, bad)
    const { id, source, startedAt } = manifest
    damaged.push({ id, source: source.name, startedAt, streams: hurt.map(one => one.name), tables })
  }
  return damaged
}

/** Lost chunks, and all that comes after the beginning of a lost list. */
function lostRanges(stream: Layout, bad: ReadonlySet<string>): { from: number; to: number }[] {
  const chunks = stream.chunks.filter(({ id }) => bad.has(id))
  const lists = stream.lists.filter(({ id }) => bad.has(id))
  return [...chunks, ...lists.map(({ from }) => ({ from, to: stream.bytes }))]
}

function hurtTables(content: Streams, dump: Layout, bad: ReadonlySet<string>) {
  const { tables } = Outline.parse(JSON.parse(String(content.outline)))
  const first = tables[0]?.at[0] ?? 0
  const lost = lostRanges(dump, bad)
  if (lost.some(({ from }) => from < first)) return 'all'
  return tables
    .filter(({ at: [start, end] }) => lost.some(({ from, to }) => from < end && start < to))
    .map(({ name }) => `public.${name}`)
}

/** Reads every stream of every backup: equal bytes or a fault, and a fault only where one is due. */
export async function assertReads(
  { backups }: Scene,
  repository: Repository,
  damaged: CheckReport['damaged'],
): Promise<void> {
  for (const { manifest, content } of backups) {
    const hurt = damaged.find(({ id }) => id === manifest.id)?.streams ?? []
    const reader = await repository.reader(await repository.find(manifest.id, unhurried), unhurried)
    for (const [name, expected] of Object.entries(content)) {
      let at = 0
      let failure: unknown
      try {
        for await (const piece of reader.stream(name)) {
          const wanted = expected.subarray(at, at + piece.length)
          assert.ok(wanted.equals(piece), `altered bytes at ${at} of ${name}`)
          at += piece.length
        }
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        failure = error
      }
      assert.equal(failure !== undefined, hurt.includes(name), `${name}: ${String(failure)}`)
      if (failure === undefined) assert.equal(at, expected.length)
    }
    await reader.close()
  }
}

/** Damages one object, and holds the check and every read to what they must tell. */
export async function examine(
  scene: Scene,
  key: string,
  damage: Damage,
  expected: { bad?: ReadonlySet<string>; object?: 'named' | 'noted' | 'both' | 'neither' } = {},
): Promise<void> {
  const repository = await openSite(damagedSite(scene, key, damage))
  const report = await repository.check({ readData: true }, unhurried)
  const { bad = new Set(), object = 'named' } = expected
  const damaged = expectedDamage(scene, bad)
  const what = `${key} ${damage[0]}: ${JSON.stringify({ ...report, counts: undefined })}`
  assert.deepEqual(report.damaged, damaged, what)
  const problems = report.problems.map(problem => problem.object)
  assert.deepEqual(problems, object === 'named' || object === 'both' ? [key] : [], what)
  const hurt = report.problems.flatMap(problem => problem.backups)
  assert.deepEqual(hurt.toSorted(), damaged.map(({ id }) => id).toSorted(), what)
  const notes = scene.backups.length + (object === 'noted' || object === 'both' ? 1 : 0)
  if (!key.startsWith('sessions/')) assert.equal(report.notes.length, notes, what)
  await assertReads(scene, repository, damaged)
}
