import { DatabaseRefused, TargetUnfit } from '../../core/faults.ts'
import type { RestorableBackup, RestoreOptions } from '../engine.ts'
import type { Session } from './client.ts'
import type { Contents } from './needs.ts'
import { type Properties, rolesOf } from './properties.ts'
import type { Server } from './server.ts'
import { type Settings, serverName } from './settings.ts'
import { type FoundTool, majorOf } from './tools.ts'

interface Fitness {
  readonly target: Settings
  readonly server: Server
  readonly properties: Properties
  readonly contents: Contents
  readonly options: RestoreOptions
  readonly tool: FoundTool
  readonly backup: RestorableBackup
}

/** Compares what the backup needs with what the server has; throws for what it cannot do without. */
export async function checkTarget(
  session: Session,
  fitness: Fitness,
): Promise<{ warnings: string[]; hasTablespaces: boolean }> {
  const { target, server, contents, options, tool, backup } = fitness
  if (!server.mayCreateDatabases) {
    throw new DatabaseRefused({
      what: `let ${target.user} create a database`,
      server: serverName(target),
      why: 'a restore fills a new database beside the target, and this login may not create one',
      hint: `use another login, or: alter role ${target.user} createdb`,
    })
  }
  refuseLocaleProvider(fitness)
  await refuseMissingExtensions(session, fitness)
  await refuseMissingRoles(session, fitness)
  if (!options.noOwner) await refuseForeignOwners(session, fitness)
  const lost = await missing(session, 'pg_tablespace', 'spcname', contents.tablespaces)
  const warnings: string[] = []
  if (lost.length > 0) {
    warnings.push(`everything goes to the default tablespace: there is no ${lost.join(', ')} here`)
  }
  if (options.noOwner) {
    warnings.push(`everything belongs to ${target.user}, and nothing is granted to anyone else`)
  }
  if (contents.subscriptions.length > 0) {
    const names = contents.subscriptions.join(', ')
    warnings.push(`subscriptions come back disabled, enable them when they should run: ${names}`)
  }
  const sourceMajor = majorOf(backup.facts.server)
  if (Math.max(tool.major, sourceMajor) > server.major) {
    warnings.push(
      `the backup is of PostgreSQL ${sourceMajor}, restored with pg_restore ${tool.version} into the older ${server.version}`,
    )
  }
  return { warnings, hasTablespaces: lost.length === 0 }
}

function refuseLocaleProvider({ target, server, properties }: Fitness): void {
  const [provider, since] = { c: ['', 0], i: ['ICU', 15], b: ['built-in', 17] }[
    properties.localeProvider
  ] as [string, number]
  if (server.major >= since) return
  throw new TargetUnfit({
    server: serverName(target),
    lacks: `${provider} locales of databases`,
    hint: `restore to PostgreSQL ${since} or later`,
  })
}

async function refuseMissingExtensions(session: Session, fitness: Fitness): Promise<void> {
  const { target, contents } = fitness
  const lost = await missing(session, 'pg_available_extensions', 'name', contents.extensions)
  if (lost.length === 0) return
  throw new TargetUnfit({
    server: serverName(target),
    lacks: `${lost.length === 1 ? 'extension' : 'extensions'} ${lost.join(', ')}`,
    hint: 'install the packages that bring them on the server (often postgresql-contrib)',
  })
}

async function refuseMissingRoles(session: Session, fitness: Fitness): Promise<void> {
  const { target, contents, options, properties } = fitness
  const needed = new Set(contents.named)
  if (!options.noOwner) {
    for (const role of [...contents.owners, ...contents.grantees, ...rolesOf(properties)]) {
      needed.add(role)
    }
  }
  const lost = await missing(session, 'pg_roles', 'rolname', needed)
  if (lost.length === 0) return
  throw new TargetUnfit({
    server: serverName(target),
    lacks: `${lost.length === 1 ? 'role' : 'roles'} ${lost.join(', ')}`,
    hint: 'create them (holdfast export BACKUP --stream globals has their definitions), or add --no-owner',
  })
}

async function refuseForeignOwners(session: Session, fitness: Fitness): Promise<void> {
  const { target, server, contents, properties } = fitness
  if (server.isSuperuser) return
  const foreign = await session.rows<{ name: string }>(
    'list its roles',
    `select rolname as name from pg_catalog.pg_roles
      where rolname = any ($1) and not pg_catalog.pg_has_role(oid, 'member') order by 1`,
    [[...contents.owners, properties.owner]],
  )
  if (foreign.length === 0) return
  const names = foreign.map(({ name }) => name).join(', ')
  throw new DatabaseRefused({
    what: `let ${target.user} restore what belongs to ${names}`,
    server: serverName(target),
    why: 'only a superuser or a member of these roles can give them their objects back',
    hint: 'use such a login, or add --no-owner',
  })
}

/** Which of `names` are not in a column of the catalog. */
async function missing(
  session: Session,
  catalog: string,
  column: string,
  names: ReadonlySet<string>,
): Promise<string[]> {
  if (names.size === 0) return []
  const lost = await session.rows<{ name: string }>(
    `list ${catalog}`,
    `select name from unnest($1::text[]) as name
      where name not in (select ${column}::text from pg_catalog.${catalog}) order by 1`,
    [[...names]],
  )
  return lost.map(({ name }) => name)
}
