import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Manifest } from '../../src/core/backup.ts'
import {
  Damaged,
  Interrupted,
  NoSuchStream,
  ObjectMissing,
  StorageUnreachable,
} from '../../src/core/faults.ts'
import { cutTo, FaultyStorage, failWith, flipBit, type PlannedFault } from '../support/faulty.ts'
import { forgeObject, forgePack } from './forge.ts'
import { Seeded, sha256, unhurried } from './material.ts'
import {
  backUp,
  cloneSite,
  keysOf,
  newSite,
  openSite,
  readStream,
  replace,
  ringOf,
  type Site,
} from './site.ts'

const MIB = 1024 * 1024
const dump = new Seeded('reader').bytes(24 * MIB)

describe('a reader', () => {
  let site: Site
  let manifest: Manifest

  before(async () => {
    site = await newSite()
    manifest = await backUp(await openSite(site), site.clock, { dump, tiny: Buffer.from('tiny') })
  })

  /** What came before the end or the failure. */
  async function readAll(storage: FaultyStorage, signal = unhurried) {
    const reader = await (await openSite(site, storage)).reader(manifest, signal)
    const parts: Uint8Array[] = []
    let failure: unknown
    try {
      for await (const part of reader.stream('dump')) parts.push(part)
    } catch (error) {
      failure = error
    } finally {
      await reader.close()
    }
    return { bytes: Buffer.concat(parts), failure }
  }

  const packGets = ({ calls }: FaultyStorage) =>
    calls.filter(({ method, key }) => method === 'get' && key.startsWith('packs/'))

  test('asks once for chunks that lie side by side', async () => {
    const storage = new FaultyStorage(site.storage)
    const { bytes, failure } = await readAll(storage)
    assert.equal(failure, undefined)
    assert.equal(sha256(bytes), sha256(dump))
    const chunks = manifest.streams[0]?.chunks ?? 0
    assert.ok(chunks > 40, `${chunks} chunks`)
    const asked = packGets(storage).length
    assert.ok(asked * 2 < chunks, `${asked} requests for ${chunks} chunks`)
  })

  test('asks for nothing that it does not need', async () => {
    const storage = new FaultyStorage(site.storage)
    const repository = await openSite(site, storage)
    assert.equal((await readStream(repository, manifest, 'tiny')).toString(), 'tiny')
    assert.equal(packGets(storage).length, 1)
  })

  test('reads any part of a stream, and of the packs no more than it needs', async () => {
    const storage = new FaultyStorage(site.storage)
    const reader = await (await openSite(site, storage)).reader(manifest, unhurried)
    const part = async (from: number, to: number) =>
      Buffer.concat(await Array.fromAsync(reader.stream('dump', { from, to })))
    try {
      const ends = [0, 1, MIB, 5_000_000, 5_000_001, dump.length - 1, dump.length]
      for (const from of ends) {
        for (const to of ends.filter(end => end >= from)) {
          assert.ok((await part(from, to)).equals(dump.subarray(from, to)), `${from} to ${to}`)
        }
      }
      const before = packGets(storage).length
      await part(5_000_000, 5_000_001)
      // The list of its chunks, and the chunk.
      assert.equal(packGets(storage).length, before + 2)
      await assert.rejects(part(dump.length - 1, dump.length + 1), Damaged)
    } finally {
      await reader.close()
    }
  })

  describe('yields the true bytes or fails', () => {
    const lies: [what: string, fault: PlannedFault, expected: new (...args: never[]) => Error][] = [
      ['altered bytes', { alter: flipBit(1000) }, Damaged],
      ['altered bytes at the end', { alter: flipBit(-1) }, Damaged],
      ['half of the bytes', { alter: bytes => bytes.subarray(0, bytes.length >> 1) }, Damaged],
      ['one byte less', { alter: bytes => bytes.subarray(0, -1) }, Damaged],
      ['nothing', { alter: cutTo(0) }, Damaged],
      ['bytes of another place', { alter: bytes => bytes.toReversed() }, Damaged],
      [
        'that the object is gone',
        { before: failWith(new ObjectMissing({ key: 'packs/x', place: 'memory' })) },
        ObjectMissing,
      ],
      [
        'no answer',
        { before: failWith(new StorageUnreachable({ place: 'm', what: 'read', why: 'away' })) },
        StorageUnreachable,
      ],
    ]
    for (const [what, fault, expected] of lies) {
      for (const nth of [1, 3]) {
        test(`when the storage answers request ${nth} with ${what}`, async () => {
          const storage = new FaultyStorage(site.storage)
          storage.on('get', { ...fault, key: /^packs/, nth })
          const { bytes, failure } = await readAll(storage)
          assert.deepEqual(storage.unfired(), [])
          assert.ok(failure instanceof expected, String(failure))
          assert.ok(bytes.length < dump.length)
          assert.ok(bytes.equals(dump.subarray(0, bytes.length)))
        })
      }
    }
  })

  test('ends no stream whose length is not that of the manifest', async () => {
    const hurt = cloneSite(site)
    const ring = await ringOf(hurt)
    const key = `manifests/${manifest.id}`
    const [stream, ...others] = manifest.streams
    assert.ok(stream)
    for (const change of [{ bytes: dump.length + 1 }, { bytes: dump.length - 1 }]) {
      const changed = { ...manifest, streams: [{ ...stream, ...change }, ...others] }
      const json = Buffer.from(JSON.stringify(Manifest.parse(changed)))
      replace(hurt, key, forgeObject(ring, { kind: 2, name: key }, json))
      const repository = await openSite(hurt)
      const found = await repository.find('latest', unhurried)
      await assert.rejects(readStream(repository, found, 'dump'), Damaged)
    }
  })

  test('yields no chunk that was sealed under a name that is not its own', async () => {
    const hurt = cloneSite(site)
    const ring = await ringOf(hurt)
    const [stream] = manifest.streams
    assert.ok(stream)
    const plain = Buffer.from('sealed by a machine whose memory is broken')
    const pack = forgePack(ring, [{ plain, id: Buffer.alloc(32, 5) }])
    replace(hurt, `packs/${pack.id.slice(0, 2)}/${pack.id}`, pack.bytes)
    const entries = Buffer.concat([Buffer.alloc(32, 5), Buffer.of(plain.length, 0, 0, 0)])
    const recipe = { depth: 0, entries: entries.toString('base64') }
    const facts = { bytes: plain.length, recipe }
    const key = `manifests/${manifest.id}`
    const json = JSON.stringify({ ...manifest, streams: [{ ...stream, ...facts }] })
    replace(hurt, key, forgeObject(ring, { kind: 2, name: key }, Buffer.from(json)))
    const repository = await openSite(hurt)
    const found = await repository.find('latest', unhurried)
    await assert.rejects(readStream(repository, found, 'dump'), /do not match its name/)
    const report = await repository.check({ readData: true }, unhurried)
    assert.equal(report.damaged.length, 1)
  })

  test('stops when it is cancelled', async () => {
    const cancel = new AbortController()
    const storage = new FaultyStorage(site.storage)
    storage.on('get', { key: /^packs/, nth: 2, after: () => cancel.abort() })
    const { bytes, failure } = await readAll(storage, cancel.signal)
    assert.ok(failure instanceof Interrupted, String(failure))
    assert.ok(bytes.length < dump.length)
    assert.deepEqual(keysOf(site, 'sessions/'), [])
  })

  test('knows which streams there are', async () => {
    const reader = await (await openSite(site)).reader(manifest, unhurried)
    assert.throws(
      () => reader.stream('globals'),
      (error: Error) => error instanceof NoSuchStream && /it has dump, tiny/.test(error.message),
    )
    await reader.close()
  })

  test('leaves no session behind, not even when the index cannot be read', async () => {
    const storage = new FaultyStorage(site.storage)
    const away = new StorageUnreachable({ place: 'm', what: 'list', why: 'away' })
    storage.on('list', { key: /^packs/, before: failWith(away) })
    const repository = await openSite(site, storage)
    await assert.rejects(repository.reader(manifest, unhurried), StorageUnreachable)
    assert.deepEqual(keysOf(site, 'sessions/'), [])
  })
})
