import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'

/** Where Debian, Red Hat and source builds put PostgreSQL; `*` stands for a version. */
const WELL_KNOWN = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/usr/local/pgsql/bin']
const NEEDED = ['initdb', 'postgres', 'psql', 'pg_dump', 'pg_restore']
const CLUSTER_SETTINGS = '/etc/postgresql-common/createcluster.conf'

/** The directory with the newest PostgreSQL server and client programs; installs them where it may. */
export function postgresPrograms(): string {
  const found = find()
  if (found !== undefined) return found
  install()
  const installed = find()
  if (installed === undefined)
    throw new Error('PostgreSQL was installed, but its programs are nowhere')
  return installed
}

function find(): string | undefined {
  const onPath = (process.env.PATH ?? '').split(delimiter).filter(dir => dir !== '')
  return [...WELL_KNOWN.flatMap(expand), ...onPath].find(dir =>
    NEEDED.every(program => existsSync(join(dir, program))),
  )
}

/** The directories that a pattern stands for, newest version first. */
function expand(pattern: string): string[] {
  if (!pattern.includes('*')) return [pattern]
  const [before = '', after = ''] = pattern.split('*')
  const parent = dirname(`${before}x`)
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter(name => join(parent, name).startsWith(before))
    .map(name => join(parent, name).slice(before.length))
    .filter(version => /^\d+(\.\d+)?$/.test(version))
    .sort((a, b) => Number(b) - Number(a))
    .map(version => `${before}${version}${after}`)
}

function install(): void {
  const asRoot = process.getuid?.() === 0
  const hasApt = existsSync('/usr/bin/apt-get')
  if (!asRoot || !hasApt) {
    const command = hasApt
      ? 'sudo apt-get install -y postgresql'
      : 'the package manager of your system'
    throw new Error(
      `PostgreSQL's server programs are needed and not there; install them with: ${command}`,
    )
  }
  process.stderr.write('installing the package postgresql (no server is set up or started) …\n')
  if (!existsSync(CLUSTER_SETTINGS)) {
    mkdirSync(dirname(CLUSTER_SETTINGS), { recursive: true })
    writeFileSync(CLUSTER_SETTINGS, 'create_main_cluster = false\n')
  }
  aptGet('update')
  aptGet('install', '-y', '--no-install-recommends', 'postgresql')
}

/** Waits when another process installs at this moment, and keeps the cluster settings written above. */
function aptGet(...args: string[]): void {
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Options::=--force-confold']
  const result = spawnSync('apt-get', [...options, ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
  })
  if (result.status === 0) return
  throw new Error(`apt-get ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`, {
    cause: result.error,
  })
}
