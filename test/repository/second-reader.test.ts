import assert from 'node:assert/strict'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Secret } from '../../src/core/secret.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { Seeded, sha256, unhurried } from './material.ts'
import { SecondReader } from './second-reader.ts'
import { backUp, ManualClock, PASSPHRASE, type Streams } from './site.ts'

const MIB = 1024 * 1024
const seeded = new Seeded('second reader')
const rows = Buffer.from(
  Array.from({ length: 300_000 }, (_, row) => `${row}\tcustomer ${row % 977}\n`).join(''),
)
const backups: readonly Streams[] = [
  {
    dump: Buffer.concat([rows, seeded.bytes(9 * MIB)]),
    outline: Buffer.from('{"tables":[]}'),
    empty: Buffer.alloc(0),
  },
  // So many chunks that their list does not fit the manifest.
  { dump: Buffer.concat([seeded.bytes(22 * MIB), rows]) },
]

describe('a second program, written from the specification', () => {
  const root = join(tempDir(), 'repository')
  const expected = new Map<string, Streams>()
  let recoveryKey: Secret
  let deepest = 0

  before(async () => {
    const clock = new ManualClock()
    const options = { passphrase: PASSPHRASE, clock }
    const made = await Repository.init(openStorage(root), options, unhurried)
    recoveryKey = made.recoveryKey
    for (const streams of backups) {
      const manifest = await backUp(made.repository, clock, streams)
      expected.set(manifest.id, streams)
      for (const { recipe } of manifest.streams) deepest = Math.max(deepest, recipe.depth)
    }
  })

  function assertReads(reader: SecondReader): void {
    const found = reader.backups()
    assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort())
    for (const [id, streams] of found) {
      const originals = expected.get(id) ?? {}
      assert.deepEqual(
        streams.map(({ name }) => name),
        Object.keys(originals),
      )
      for (const stream of streams) {
        assert.equal(sha256(reader.stream(stream)), sha256(originals[stream.name] ?? 'none'))
      }
    }
  }

  test('reads every stream with the passphrase', () => {
    assert.ok(deepest > 0, 'a recipe has levels')
    assertReads(new SecondReader(root, 'passphrase', PASSPHRASE.reveal()))
  })

  test('reads every stream with the recovery key, from footers alone', () => {
    rmSync(join(root, 'index'), { recursive: true })
    assertReads(new SecondReader(root, 'recovery', recoveryKey.reveal().toLowerCase()))
  })

  test('opens nothing with another secret', () => {
    assert.throws(() => new SecondReader(root, 'passphrase', 'wrong'), /no slot opens/)
  })

  test('uses none of our code', () => {
    const source = readFileSync(join(import.meta.dirname, 'second-reader.ts'), 'utf8')
    const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name)
    assert.deepEqual(imports, ['node:crypto', 'node:fs', 'node:path', 'node:zlib'])
  })
})
