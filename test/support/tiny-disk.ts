import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Whom the disk belongs to, when that is not ourselves. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** A real file system of a few MiB that can be full, read-only and unmounted. */
export interface TinyDisk {
  /** Its mount point, as every process of this user sees it. */
  readonly path: string
  /** Mounts it anew with other options: `ro`. */
  remount(options: string): Promise<void>
  /** Fills it to its last page. */
  fill(): Promise<void>
  /** Frees what `fill` took. */
  makeRoom(): Promise<void>
  /** Takes it away, also from under whoever uses it: what is left is an empty directory. */
  unmount(): Promise<void>
  close(): Promise<void>
}

const UNSHARE = ['--user', '--map-root-user', '--mount']

/** Why this machine cannot have one, or false: a container may forbid it. For `skip` of a test. */
export const noTinyDisk: string | false =
  spawnSync('unshare', [...UNSHARE, 'true']).status !== 0 &&
  'user namespaces are not allowed here: allow them with sysctl user.max_user_namespaces=1000, in a container with --security-opt seccomp=unconfined'

/**
 * Mounts one in a mount namespace of its own, which ends with its shell, so that nothing can be left
 * mounted; its paths lead through /proc. This needs no rights beyond those of an ordinary user.
 */
export async function tinyDisk(bytes: number, owner?: Owner): Promise<TinyDisk> {
  if (noTinyDisk !== false) throw new Error(noTinyDisk)
  const point = mkdtempSync(join(tmpdir(), 'disk-'))
  const shell = spawn('unshare', [...UNSHARE, 'sh'], {
    ...owner,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]()
  const run = async (command: string): Promise<string> => {
    shell.stdin.write(`${command} && echo done || echo failed\n`)
    const { value } = await lines.next()
    if (value !== 'done') throw new Error(`${command}: ${value ?? 'unshare failed'}`)
    return value
  }
  await run(`mount -t tmpfs -o size=${bytes},mode=0700 tmpfs ${point}`)
  return {
    path: `/proc/${shell.pid}/root${point}`,
    remount: async options => void (await run(`mount -o remount,bind,${options} ${point}`)),
    // From inside: where the disk belongs to somebody else, not even root may write to it from here.
    fill: async () => void (await run(`! cat /dev/zero 2>/dev/null >${point}/ballast`)),
    makeRoom: async () => void (await run(`rm ${point}/ballast`)),
    unmount: async () => void (await run(`umount --lazy ${point}`)),
    close: async () => {
      shell.stdin.end()
      if (shell.exitCode === null) await once(shell, 'close')
      rmSync(point, { recursive: true })
    },
  }
}
