import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { PlaceNotEmpty, PlaceRefused, StorageUnreachable, WrongUse } from '../../src/core/faults.ts'
import { openStorage } from '../../src/storage/index.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { storageSuite } from './suite.ts'

const { signal } = new AbortController()
const x = Buffer.from('x')

storageSuite('a directory below a root', async () => {
  const rules = { roots: [tempDir()] }
  const place = join(rules.roots[0] ?? '', 'of one', 'repository')
  const storage = openStorage(place, rules)
  await storage.prepare(signal)
  return {
    storage,
    reopen: () => openStorage(place, rules),
    url: pathToFileURL(place).href,
    close: async () => {
      await storage.close()
      rmSync(place, { recursive: true })
    },
  }
})

/** Two roots, and a directory outside of them. */
function scene() {
  const dir = realpathSync(tempDir())
  const [root = '', other = '', outside = ''] = ['root', 'other', 'outside'].map(name => {
    mkdirSync(join(dir, name))
    return join(dir, name)
  })
  return { dir, root, other, outside, rules: { roots: [root, other] } }
}

async function made(place: string, rules: { roots: readonly string[] }) {
  const storage = openStorage(place, rules)
  await storage.prepare(signal)
  return storage
}

describe('a repository outside of the roots', () => {
  test('is neither made nor opened, however its place is written', async () => {
    const { root, outside, rules } = scene()
    symlinkSync(outside, join(root, 'way-out'))
    symlinkSync('../outside/later', join(root, 'to-nothing'))
    const places = [
      outside,
      `${root}-2`,
      `${root}/../outside/a`,
      `${root}/x/../../outside/a`,
      `${root}/way-out`,
      `${root}/way-out/a/b`,
      `${root}/to-nothing`,
      `${root}/to-nothing/a`,
      `file://${root}/%2e%2e/outside/a`,
      `file://${root}/way-out/a`,
      '/',
      '/proc/self/cwd',
    ]
    for (const place of places) {
      const storage = openStorage(place, rules)
      await assert.rejects(storage.prepare(signal), PlaceRefused, place)
      await assert.rejects(storage.get('config', 'all', signal), PlaceRefused, place)
      await storage.close()
    }
    assert.deepEqual(readdirSync(outside), [])
    for (const place of [`${root}/a\0b`, `file://${root}/a%00b`]) {
      assert.throws(() => openStorage(place, rules), WrongUse)
    }
  })

  test('is told by where links lead: from one root to another, and through a root that is one itself', async () => {
    const { dir, root, other, rules } = scene()
    symlinkSync(other, join(root, 'to-other'))
    await using one = await opened(join(root, 'to-other', 'a'), rules)
    await one.storage.put('keys/one', x, { signal })
    assert.deepEqual(readdirSync(join(other, 'a', 'keys')), ['one'])
    symlinkSync(root, join(dir, 'called'))
    await using two = await opened(join(dir, 'called', 'b'), { roots: [join(dir, 'called')] })
    await two.storage.put('keys/one', x, { signal })
    assert.deepEqual(readdirSync(join(root, 'b', 'keys')), ['one'])
  })

  test('is not what a link makes of one that was opened', async () => {
    const { root, outside, rules } = scene()
    await using one = await opened(join(root, 'a', 'b'), rules)
    renameSync(join(root, 'a'), join(root, 'kept'))
    mkdirSync(join(outside, 'b', 'keys'), { recursive: true })
    mkdirSync(join(outside, 'b', 'tmp'))
    symlinkSync(outside, join(root, 'a'))
    await one.storage.put('keys/one', x, { signal })
    assert.deepEqual(readdirSync(join(outside, 'b', 'keys')), [])
    assert.deepEqual(readdirSync(join(root, 'kept', 'b', 'keys')), ['one'])
    const again = openStorage(join(root, 'a', 'b'), rules)
    await assert.rejects(again.put('keys/two', x, { signal }), PlaceRefused)
  })

  test('is not what one of its own directories leads to', async () => {
    const { root, outside, rules } = scene()
    await (await made(join(root, 'a'), rules)).close()
    rmSync(join(root, 'a', 'packs'), { recursive: true })
    symlinkSync(outside, join(root, 'a', 'packs'))
    const storage = openStorage(join(root, 'a'), rules)
    await assert.rejects(storage.put('packs/ab/abc', x, { signal }), PlaceRefused)
    await storage.close()
    assert.deepEqual(readdirSync(outside), [])
  })
})

test('a root that is not there, as an unmounted disk, holds nothing and is not made', async () => {
  const { dir, root } = scene()
  const gone = join(dir, 'gone')
  const storage = openStorage(join(gone, 'a'), { roots: [gone, root] })
  await assert.rejects(storage.prepare(signal), PlaceRefused)
  assert.ok(!existsSync(gone))
})

test('what is below a root and no repository is told as it is elsewhere', async () => {
  const { root, rules } = scene()
  const absent = openStorage(join(root, 'none'), rules)
  const told = { code: 'STORAGE_UNREACHABLE', details: { absent: true } }
  await assert.rejects(absent.get('config', 'all', signal), (error: unknown) => {
    assert.ok(error instanceof StorageUnreachable)
    assert.deepEqual([error.code, error.details.absent], [told.code, told.details.absent])
    return true
  })
  // It is there now, and the same storage finds it.
  await absent.prepare(signal)
  await absent.put('keys/one', x, { signal })
  await absent.close()
  writeFileSync(join(root, 'file'), '')
  for (const place of ['file', 'file/below']) {
    await assert.rejects(made(join(root, place), rules), PlaceNotEmpty, place)
  }
})

async function opened(place: string, rules: { roots: readonly string[] }) {
  const storage = await made(place, rules)
  return { storage, [Symbol.asyncDispose]: () => storage.close() }
}
