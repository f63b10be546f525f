import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { describe, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import {
  ObjectMissing,
  PlaceNotEmpty,
  StorageUnreachable,
  WrongUse,
} from '../../src/core/faults.ts'
import { nameOnce, renameOnce } from '../../src/storage/local/durable.ts'
import { localStorage } from '../../src/storage/local/open.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { onMount } from './on-mount.ts'
import { storageSuite } from './suite.ts'

const { signal } = new AbortController()
const x = Buffer.from('x')

storageSuite('a local directory', async () => {
  const { root, storage } = await prepared()
  return {
    storage,
    reopen: () => localStorage(root),
    url: pathToFileURL(root).href,
    close: async () => rmSync(root, { recursive: true }),
  }
})

async function prepared() {
  const root = join(tempDir(), 'repository')
  const storage = localStorage(root)
  await storage.prepare(signal)
  return { root, storage }
}

describe('a local directory', () => {
  test('is named by a path, a relative path or a file URL', () => {
    const here = relative(process.cwd(), '/srv/back up')
    for (const url of ['/srv/back up', '/srv/back up/', here, 'file:///srv/back%20up/']) {
      assert.equal(localStorage(url).place, '/srv/back up', url)
    }
    assert.throws(() => localStorage('file://elsewhere/srv'), WrongUse)
  })

  test('belongs to its owner alone, and its objects are not for writing', async () => {
    const { root, storage } = await prepared()
    await storage.put('packs/ab/abc', x, { signal })
    const mode = (path: string) => statSync(join(root, path)).mode & 0o777
    for (const dir of ['', ...readdirSync(root), 'packs/ab']) assert.equal(mode(dir), 0o700, dir)
    assert.equal(mode('packs/ab/abc'), 0o400)
  })

  test('may be a new file system, or what a broken attempt left empty', async () => {
    const root = tempDir()
    for (const dir of ['lost+found', 'packs', 'keys']) mkdirSync(join(root, dir))
    const storage = localStorage(root)
    await storage.prepare(signal)
    await storage.put('keys/one', x, { signal })
    assert.deepEqual(
      (await Array.fromAsync(storage.list('', signal))).map(object => object.key),
      ['keys/one'],
    )
  })

  test('is not made where somebody keeps something else', async () => {
    const root = tempDir()
    const file = join(root, 'notes.txt')
    writeFileSync(file, 'mine')
    const refused = { code: 'PLACE_NOT_EMPTY', details: { place: root, found: 'notes.txt' } }
    await assert.rejects(localStorage(root).prepare(signal), refused)
    await assert.rejects(localStorage(file).prepare(signal), PlaceNotEmpty)
    await assert.rejects(localStorage(join(file, 'below')).prepare(signal), PlaceNotEmpty)
    assert.deepEqual(readdirSync(root), ['notes.txt'])
  })

  test('that refuses by saying "not found" fails, and does not hang', async () => {
    await assert.rejects(localStorage('/proc/no/such').prepare(signal), StorageUnreachable)
  })

  test('that is not there is unreachable; nothing is made in its place', async () => {
    const { root, storage } = await prepared()
    await storage.put('keys/one', x, { signal })
    renameSync(root, `${root}-elsewhere`)
    for (const one of [storage, localStorage(root)]) await allUnreachable(one)
    assert.throws(() => statSync(root), { code: 'ENOENT' })
  })

  test('without a repository refuses writes and lists, and makes nothing', async () => {
    const root = tempDir()
    const storage = localStorage(root)
    await assert.rejects(storage.put('keys/one', x, { signal }), StorageUnreachable)
    await assert.rejects(Array.fromAsync(storage.list('', signal)), StorageUnreachable)
    await assert.rejects(storage.get('repository', 'all', signal), ObjectMissing)
    assert.deepEqual(readdirSync(root), [])
  })

  test('that lost one of its fixed directories says so', async () => {
    const { root, storage } = await prepared()
    rmSync(join(root, 'index'), { recursive: true })
    await assert.rejects(Array.fromAsync(storage.list('index/', signal)), StorageUnreachable)
    await assert.rejects(storage.put('index/one', x, { signal }), StorageUnreachable)
    assert.deepEqual(readdirSync(join(root, 'tmp')), [])
    rmSync(join(root, 'packs'), { recursive: true })
    await assert.rejects(Array.fromAsync(storage.list('packs/ab/', signal)), StorageUnreachable)
  })

  test('that goes away half-way through a list does not pass for a short list', async () => {
    const { root, storage } = await prepared()
    const keys = Array.from({ length: 200 }, (_, i) => `index/${i}`)
    await Promise.all(keys.map(key => storage.put(key, x, { signal })))
    const list = storage.list('index/', signal)[Symbol.asyncIterator]()
    await list.next()
    renameSync(root, `${root}-elsewhere`)
    await assert.rejects(async () => {
      while ((await list.next()).done !== true);
    }, StorageUnreachable)
  })

  test('is cleared of what crashed writers left a day ago, and of nothing younger', async () => {
    const { root, storage } = await prepared()
    const hoursAgo = (hours: number) => Date.now() / 1000 - hours * 3600
    for (const [name, age] of [
      ['old', 25],
      ['young', 23],
    ] as const) {
      writeFileSync(join(root, 'tmp', name), 'half')
      utimesSync(join(root, 'tmp', name), hoursAgo(age), hoursAgo(age))
    }
    await storage.put('keys/one', x, { signal })
    assert.deepEqual(readdirSync(join(root, 'tmp')), ['young'])
  })

  test('shows nothing of an object whose writer was killed in the middle', async () => {
    const { root, storage } = await prepared()
    let left: string[] = []
    for (let round = 0; round < 20 && left.length === 0; round += 1) {
      await killWhileWriting(root)
      left = readdirSync(join(root, 'tmp'))
      for await (const object of storage.list('', signal)) assert.equal(object.bytes, BIG)
    }
    assert.notDeepEqual(left, [], 'one was killed between the write and the name')
  })
})

describe('a name is given once', () => {
  const setting = () => {
    const dir = tempDir()
    const at = (name: string) => join(dir, name)
    const file = (name: string) => {
      writeFileSync(at(name), name)
      return at(name)
    }
    return { dir, at, file }
  }

  test('also by a file system without hard links', async () => {
    const { dir, at, file } = setting()
    for (let round = 0; round < 10; round += 1) {
      const temps = Array.from({ length: 6 }, (_, i) => file(`temp-${round}-${i}`))
      const object = at(`object-${round}`)
      const wins = await Promise.all(temps.map(temp => renameOnce(temp, object, at('claim'))))
      assert.equal(wins.filter(won => won).length, 1)
      assert.equal(readFileSync(object, 'utf8'), `temp-${round}-${wins.indexOf(true)}`)
    }
    assert.ok(!readdirSync(dir).includes('claim'))
  })

  test('even if a network file system says "exists" about our own success', async () => {
    const { at, file } = setting()
    const temp = file('temp')
    linkSync(temp, at('object'))
    assert.equal(await nameOnce(temp, at('object'), at('claim')), true)
    assert.equal(await nameOnce(file('other'), at('object'), at('claim')), false)
  })
})

describe('a local directory on a disk', () => {
  test('that is full', () => onMount('full', tempDir()))
  test('that is read-only', () => onMount('read-only', tempDir()))
  test('that is unmounted while in use', () => onMount('vanished', tempDir()))
  test('whose power is cut after a put', async t => {
    if (process.getuid?.() !== 0) return t.skip('needs root: only root mounts a disk from a file')
    return await onMount('power cut', tempDir())
  })
})

async function allUnreachable(storage: ReturnType<typeof localStorage>): Promise<void> {
  const attempts = [
    storage.get('repository', 'all', signal),
    storage.get('keys/one', { from: 0, length: 1 }, signal),
    storage.stat('keys/one', signal),
    storage.remove('keys/one', signal),
    storage.put('keys/two', x, { signal }),
    storage.put('keys/one', x, { signal, replace: true }),
    Array.fromAsync(storage.list('', signal)),
    storage.free(signal),
  ]
  await Promise.all(attempts.map(attempt => assert.rejects(attempt, StorageUnreachable)))
}

const BIG = 32 * 1024 * 1024

/** A process puts one big object after the other; it is killed when a part of one is on the disk. */
async function killWhileWriting(root: string): Promise<void> {
  const program = `
    const { localStorage } = await import(process.argv[1])
    const { signal } = new AbortController()
    for (let i = 0; ; i += 1) {
      const key = 'packs/aa/' + process.pid + '-' + i
      await localStorage(process.argv[2]).put(key, Buffer.alloc(${BIG}, 1), { signal })
    }`
  const local = join(import.meta.dirname, '..', '..', 'src', 'storage', 'local', 'open.ts')
  const args = ['--input-type=module', '-e', program, pathToFileURL(local).href, root]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const exited = once(child, 'exit')
  const written = () =>
    readdirSync(join(root, 'tmp')).some(name => sizeOf(join(root, 'tmp', name)) > 0)
  while (!written() && child.exitCode === null) await turn()
  child.kill('SIGKILL')
  assert.deepEqual(await exited, [null, 'SIGKILL'])
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
