import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { tempDir } from '../support/temp-dir.ts'

/** Where something was measured. */
export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  /** The file system of the temporary directory. */
  readonly disk: string
  /** Bytes per second of one large file written to the end, to the disk itself. */
  readonly diskRate: number
  /** Processes that wanted a core when it began, as a mean of one minute. */
  readonly load: number
}

const ROOT = join(import.meta.dirname, '..')
const BLOCK = Buffer.alloc(8 << 20, 'holdfast')
const BLOCKS = 32

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    load: loadavg()[0] ?? 0,
    system: `${type()} ${release().split('.', 2).join('.')}`,
    disk: fileSystem(),
    diskRate: writeRate(),
  }
}

/** The versions of everything that is measured; what is not installed is not among them. */
export function describeVersions(bin: string): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string
  }
  const told = {
    pg_dump: versionOf(join(bin, 'pg_dump')),
    restic: versionOf('restic', 'version'),
    borg: versionOf('borg'),
    zstd: versionOf('zstd'),
  }
  const found = Object.entries(told).filter((one): one is [string, string] => one[1] !== undefined)
  return {
    holdfast: `${version} (${commit()})`,
    node: process.version.slice(1),
    ...Object.fromEntries(found),
  }
}

function versionOf(program: string, option = '--version'): string | undefined {
  const { stdout, status } = spawnSync(program, [option], { encoding: 'utf8' })
  return status === 0 ? /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] : undefined
}

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).trim()
  try {
    const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ' and changes'
    return git('rev-parse', '--short', 'HEAD') + changed
  } catch {
    return 'no checkout'
  }
}

function fileSystem(): string {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .filter(([, point = '-']) => `${tmpdir()}/`.startsWith(point === '/' ? '/' : `${point}/`))
    .sort(([, a = ''], [, b = '']) => b.length - a.length)
  return mounts[0]?.[2] ?? 'unknown'
}

function writeRate(): number {
  const path = join(tempDir(), 'written')
  const file = openSync(path, 'w')
  const began = performance.now()
  for (let block = 0; block < BLOCKS; block += 1) writeSync(file, BLOCK)
  fdatasyncSync(file)
  const seconds = (performance.now() - began) / 1000
  closeSync(file)
  rmSync(path)
  return Math.round((BLOCKS * BLOCK.length) / seconds)
}
