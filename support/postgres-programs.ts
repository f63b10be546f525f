import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { installPackages, onPath } from './programs.ts'

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
  return [...WELL_KNOWN.flatMap(expand), ...onPath()].find(dir =>
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
  installPackages(['postgresql'], () => {
    if (existsSync(CLUSTER_SETTINGS)) return
    // No server is set up or started.
    mkdirSync(dirname(CLUSTER_SETTINGS), { recursive: true })
    writeFileSync(CLUSTER_SETTINGS, 'create_main_cluster = false\n')
  })
}
