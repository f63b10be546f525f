// Local storage on file systems that are full, read-only, gone or cut off. Each scenario runs as a
// program with mounts of its own, which nobody else sees and which end with it.
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { StorageFull, StorageReadOnly, StorageUnreachable } from '../../src/core/faults.ts'
import { localStorage } from '../../src/storage/local/open.ts'

/** Root in this process's own right, or in a user namespace of its own. */
const WAYS = [
  ['unshare', '--mount'],
  ['unshare', '--user', '--map-root-user', '--mount'],
] as const

/** Runs one scenario below in a directory of its own; rejects with what it says. */
export async function onMount(scenario: keyof typeof scenarios, dir: string): Promise<void> {
  const way = WAYS.find(([program, ...args]) => {
    const probe = [...args, 'mount', '-t', 'tmpfs', 'tmpfs', dir]
    return spawnSync(program, probe).status === 0
  })
  if (way === undefined) {
    throw new Error('this needs a mount of its own: run as root, or allow user namespaces')
  }
  const [program, ...args] = way
  await promisify(execFile)(program, [
    ...args,
    process.execPath,
    import.meta.filename,
    scenario,
    dir,
  ])
}

const { signal } = new AbortController()
const mount = (...args: string[]) => execFileSync('mount', args)
const HALF_A_MIB = 512 * 1024

const scenarios = {
  /** The disk fills while we write. */
  async full(dir: string): Promise<void> {
    mount('-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', dir)
    const storage = localStorage(dir)
    await storage.prepare(signal)
    await storage.put('sessions/old', Buffer.from('old'), { signal })
    const put = (number: number) =>
      storage.put(`packs/aa/pack-${number}`, Buffer.alloc(HALF_A_MIB, number), { signal })
    let stored = 0
    await assert.rejects(
      async () => {
        for (; stored < 10; stored += 1) await put(stored)
      },
      (error: unknown) => {
        assert.ok(error instanceof StorageFull)
        assert.deepEqual(error.details, { place: dir, key: `packs/aa/pack-${stored}` })
        return true
      },
    )
    assert.ok(stored >= 3, `${stored} objects fitted`)
    const body = Buffer.alloc(HALF_A_MIB)
    await assert.rejects(storage.put('sessions/old', body, { signal, replace: true }), StorageFull)
    assert.equal((await storage.stat('sessions/old', signal))?.bytes, 3)
    assert.deepEqual(readdirSync(join(dir, 'tmp')), [], 'what did not fit is removed')
    for (let number = 0; number < stored; number += 1) {
      const back = await storage.get(`packs/aa/pack-${number}`, 'all', signal)
      assert.equal(Buffer.compare(back, Buffer.alloc(HALF_A_MIB, number)), 0)
    }
    await storage.remove('packs/aa/pack-0', signal)
    await put(stored)
  },

  /** The file system is mounted read-only, or became so after an error. */
  async 'read-only'(dir: string): Promise<void> {
    mount('-t', 'tmpfs', 'tmpfs', dir)
    const root = join(dir, 'repository')
    const storage = localStorage(root)
    await storage.prepare(signal)
    await storage.put('keys/one', Buffer.from('x'), { signal })
    mount('-o', 'remount,bind,ro', dir)
    const put = storage.put('keys/two', Buffer.from('x'), { signal })
    await assert.rejects(put, {
      code: 'STORAGE_READ_ONLY',
      message: `${root} does not let us write keys/two: read-only file system`,
    })
    const replace = storage.put('keys/one', Buffer.from('y'), { signal, replace: true })
    await assert.rejects(replace, StorageReadOnly)
    await assert.rejects(storage.remove('keys/one', signal), StorageReadOnly)
    await assert.rejects(localStorage(join(dir, 'new')).prepare(signal), StorageReadOnly)
    assert.equal(Buffer.from(await storage.get('keys/one', 'all', signal)).toString(), 'x')
    assert.equal((await Array.fromAsync(storage.list('', signal))).length, 1)
  },

  /** The disk goes away in the middle of the work, and the empty mount point appears. */
  async vanished(dir: string): Promise<void> {
    mount('-t', 'tmpfs', 'tmpfs', dir)
    const storage = localStorage(dir)
    await storage.prepare(signal)
    await storage.put('packs/aa/one', Buffer.from('x'), { signal })
    execFileSync('umount', [dir])
    const attempts = [
      storage.get('packs/aa/one', 'all', signal),
      storage.get('repository', 'all', signal),
      storage.stat('packs/aa/one', signal),
      storage.remove('packs/aa/one', signal),
      storage.put('packs/aa/two', Buffer.from('x'), { signal }),
      Array.fromAsync(storage.list('packs/', signal)),
    ]
    await Promise.all(attempts.map(attempt => assert.rejects(attempt, StorageUnreachable)))
    assert.deepEqual(readdirSync(dir), [], 'nothing is written to the disk underneath')
  },

  /**
   * What a power cut leaves is what has reached the disk. Here that is a file which is copied while
   * the file system is mounted; by itself the file system would write only after ten minutes.
   */
  async 'power cut'(dir: string): Promise<void> {
    const [disk, left, at] = [join(dir, 'disk'), join(dir, 'left'), join(dir, 'at')]
    writeFileSync(disk, '')
    execFileSync('truncate', ['-s', '64M', disk])
    execFileSync('mkfs.ext4', ['-q', disk])
    mkdirSync(at)
    mount('-o', 'loop,commit=600', disk, at)
    const storage = localStorage(at)
    await storage.prepare(signal)
    const keys = ['packs/aa/one', 'packs/aa/two', 'packs/bb/three', 'keys/four']
    for (const key of keys) await storage.put(key, Buffer.alloc(300_000, key), { signal })
    await storage.put('sessions/five', Buffer.from('old'), { signal })
    await storage.put('sessions/five', Buffer.from('new'), { signal, replace: true })
    copyFileSync(disk, left)
    execFileSync('umount', [at])
    mount('-o', 'loop', left, at)
    for (const key of keys) {
      const back = await localStorage(at).get(key, 'all', signal)
      assert.equal(Buffer.compare(back, Buffer.alloc(300_000, key)), 0, key)
    }
    const session = await localStorage(at).get('sessions/five', 'all', signal)
    assert.equal(Buffer.from(session).toString(), 'new')
    execFileSync('umount', [at])
  },
}

if (import.meta.main) {
  const [scenario = '', dir = ''] = process.argv.slice(2)
  await scenarios[scenario as keyof typeof scenarios](dir)
}
