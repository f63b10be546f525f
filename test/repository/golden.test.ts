import assert from 'node:assert/strict'
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { RepositoryMissing, WrongPassphrase } from '../../src/core/faults.ts'
import { Secret } from '../../src/core/secret.ts'
import { type Key, Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { GOLDEN_BACKUPS } from '../fixtures/golden-content.ts'
import type { Golden } from '../fixtures/make-golden.ts'
import { flipped, sha256, unhurried } from './material.ts'
import { SecondReader } from './second-reader.ts'
import { backUp, ManualClock, readStream } from './site.ts'

const FIXTURES = join(import.meta.dirname, '../fixtures')
const golden = JSON.parse(readFileSync(join(FIXTURES, 'repository-v1.json'), 'utf8')) as Golden
const recoveryKey = new Secret(golden.recoveryKey)
/** What git does not keep, because it is empty. */
const EMPTY = ['sessions', 'trash', 'tmp']

/** A copy of the fixture, which stays as it was committed. */
function copied(): string {
  const root = join(tempDir(), 'repository')
  cpSync(join(FIXTURES, 'repository-v1'), root, { recursive: true })
  for (const directory of EMPTY) mkdirSync(join(root, directory), { recursive: true })
  return root
}

const open = async (root: string, key: Key = { recoveryKey }) =>
  await Repository.open(openStorage(root), key, { clock: systemClock }, unhurried)

async function assertWhole(repository: Repository): Promise<void> {
  const { manifests } = await repository.backups(unhurried)
  assert.deepEqual(
    manifests.map(({ id }) => id).toReversed(),
    golden.backups.map(({ id }) => id),
  )
  for (const { id, streams } of golden.backups) {
    const manifest = await repository.find(id, unhurried)
    assert.deepEqual(
      manifest.streams.map(({ name }) => name),
      Object.keys(streams),
    )
    for (const [name, digest] of Object.entries(streams)) {
      assert.equal(sha256(await readStream(repository, manifest, name)), digest, `${id} ${name}`)
    }
  }
}

describe('the golden repository of format 1', () => {
  test('opens with its passphrase and its recovery key, and is whole', async () => {
    const root = copied()
    const byPassphrase = await open(root, { passphrase: new Secret(golden.passphrase) })
    assert.equal(byPassphrase.id, golden.id)
    await assert.rejects(open(root, { passphrase: new Secret('another') }), WrongPassphrase)
    const repository = await open(root)
    await assertWhole(repository)
    const report = await repository.check({ readData: true }, unhurried)
    assert.deepEqual([report.problems, report.notes, report.damaged], [[], [], []])
  })

  test('has a recipe of two levels, packs of both types and compressed chunks', async () => {
    const root = copied()
    const manifest = await (await open(root)).find(golden.backups[0]?.id ?? '', unhurried)
    assert.ok(manifest.streams.some(({ recipe }) => recipe.depth > 0))
    const packs = readdirSync(join(root, 'packs'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => readFileSync(join(entry.parentPath, entry.name)))
    assert.deepEqual(new Set(packs.map(pack => pack.readUInt8(7))), new Set([0, 1]))
    const bytes = packs.reduce((sum, pack) => sum + pack.length, 0)
    const plain = GOLDEN_BACKUPS.flatMap(content => Object.values(content))
    assert.ok(bytes * 10 < plain.reduce((sum, stream) => sum + stream.length, 0))
  })

  test('takes a new backup, which finds the chunks that are there', async () => {
    const repository = await open(copied())
    const [first] = GOLDEN_BACKUPS
    const { stored, previous } = await backUp(
      repository,
      new ManualClock(),
      first ?? {},
      'golden@example',
    )
    assert.equal(stored.newChunks, 0)
    assert.equal(previous?.id, golden.backups.at(-1)?.id)
    const report = await repository.check({ readData: true }, unhurried)
    assert.deepEqual([report.problems, report.damaged, report.counts.backups], [[], [], 3])
  })

  test('is read by the second reader', () => {
    const reader = new SecondReader(copied(), 'recovery', golden.recoveryKey)
    for (const { id, streams } of golden.backups) {
      for (const stream of reader.backups().get(id) ?? []) {
        assert.equal(sha256(reader.stream(stream)), streams[stream.name])
      }
    }
  })
})

describe('the golden repository, damaged', () => {
  let root: string

  const only = (folder: string, number = 0) => {
    const [name = ''] = readdirSync(join(root, folder)).toSorted().slice(number)
    return join(root, folder, name)
  }
  /** The larger pack of a type, which is that of the first backup. */
  const pack = (type: number) =>
    readdirSync(join(root, 'packs'), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .filter(path => readFileSync(path).readUInt8(7) === type)
      .toSorted((a, b) => statSync(b).size - statSync(a).size)[0] ?? ''
  const flip = (path: string, at: number) => writeFileSync(path, flipped(readFileSync(path), at))

  interface Variant {
    readonly damage: () => string[]
    /** Objects that the check names, and how many backups it calls damaged. */
    readonly problems?: number
    readonly damaged?: number
  }

  const variants: Record<string, Variant> = {
    'repository-missing': { damage: () => [join(root, 'repository')], problems: 1 },
    'repository-copy-missing': { damage: () => [join(root, 'copies/repository')], problems: 1 },
    'slot-missing': { damage: () => slotOf('scrypt'), problems: 1 },
    'index-missing': { damage: () => [join(root, 'index')] },
    'manifest-missing': { damage: () => [only('manifests')], problems: 1 },
    'all-manifests-missing': {
      damage: () => [only('manifests'), only('manifests', 1)],
      problems: 2,
    },
    'copy-missing': { damage: () => [only('copies')] },
    'data-pack-missing': { damage: () => [pack(0)], problems: 1, damaged: 2 },
    'meta-pack-missing': { damage: () => [pack(1)], problems: 1, damaged: 1 },
    'data-pack-bit-flipped': { damage: () => flipIn(pack(0), 100), problems: 1, damaged: 2 },
    'data-pack-header-bit-flipped': { damage: () => flipIn(pack(0), 20), problems: 1 },
    'index-bit-flipped': { damage: () => flipIn(only('index'), 100), problems: 1 },
    'manifest-bit-flipped': { damage: () => flipIn(only('manifests'), 100), problems: 1 },
    'repository-bit-flipped': { damage: () => flipIn(join(root, 'repository'), 40), problems: 1 },
  }

  const slotOf = (word: string) =>
    readdirSync(join(root, 'keys'))
      .map(name => join(root, 'keys', name))
      .filter(path => readFileSync(path, 'utf8').includes(word))
  const flipIn = (path: string, at: number): string[] => {
    flip(path, at)
    return []
  }

  for (const [name, { damage, problems = 0, damaged = 0 }] of Object.entries(variants)) {
    test(name, async () => {
      root = copied()
      for (const path of damage()) rmSync(path, { recursive: true })
      mkdirSync(join(root, 'index'), { recursive: true })
      const repository = await open(root)
      const report = await repository.check({ readData: true }, unhurried)
      assert.equal(report.problems.length, problems, JSON.stringify(report))
      assert.equal(report.damaged.length, damaged, JSON.stringify(report))
      if (damaged === 0) await assertWhole(repository)
    })
  }

  test('both-descriptions-missing', async () => {
    root = copied()
    for (const key of ['repository', 'copies/repository']) rmSync(join(root, key))
    await assert.rejects(open(root), RepositoryMissing)
  })
})
