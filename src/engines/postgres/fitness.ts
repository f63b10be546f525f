import { DatabaseRefused, TargetUnfit } from '../../core/faults.ts'
import { type Finding, found, type PreflightCheckName } from '../../core/preflight.ts'
import type { RestorableBackup, RestoreOptions } from '../engine.ts'
import type { Session } from './client.ts'
import { knownFault } from './known-faults.ts'
import type { Contents } from './needs.ts'
import { type Properties, rolesOf } from './properties.ts'
import type { Server } from './server.ts'
import { type Settings, serverName } from './settings.ts'
import { type FoundTool, majorOf } from './tools.ts'

/** What is compared. */
export interface Both {
  readonly target: Settings
  readonly server: Server
  readonly properties: Properties
  readonly contents: Contents
  readonly options: RestoreOptions
  readonly backup: RestorableBackup
}

interface Fitness extends Both {
  /** The pg_restore to use. */
  readonly tool: FoundTool
}

/** What it finds is `ok`, or a `warning`: what the restore does without. */
type Check = (session: Session, fitness: Fitness) => Finding | Promise<Finding>

/** Compares what the backup needs with what the server has; each throws for what it cannot do without. */
export const FITNESS = {
  rights: refuseNoCreatedb,
  locale: refuseLocaleProvider,
  extensions: refuseMissingExtensions,
  roles: refuseMissingRoles,
  owners: refuseForeignOwners,
  tablespaces: findTablespaces,
  subscriptions: findSubscriptions,
  versions: compareVersions,
} satisfies Partial<Record<PreflightCheckName, Check>>

/** All of {@link FITNESS}, one after the other. */
export async function checkTarget(
  session: Session,
  fitness: Fitness,
): Promise<{ warnings: string[]; hasTablespaces: boolean }> {
  const met = new Map<string, Finding>()
  for (const [name, check] of Object.entries<Check>(FITNESS)) {
    met.set(name, await check(session, fitness))
  }
  const warnings = [...met.values()].filter(one => one.outcome === 'warning')
  return {
    warnings: warnings.map(one => one.message),
    hasTablespaces: met.get('tablespaces')?.outcome === 'ok',
  }
}

function refuseNoCreatedb(_: Session, { target, server }: Both): Finding {
  if (server.mayCreateDatabases) return found('ok', 'MAY_CREATE_DATABASES', { user: target.user })
  throw new DatabaseRefused({
    what: `let ${target.user} create a database`,
    server: serverName(target),
    why: 'a restore fills a new database beside the target, and this login may not create one',
    hint: `use another login, or: alter role ${target.user} createdb`,
  })
}

function compareVersions(_: Session, { backup, server, tool }: Fitness): Finding {
  const sourceMajor = majorOf(backup.facts.server)
  const isOlder = Math.max(tool.major, sourceMajor) > server.major
  const versions = { source: sourceMajor, tool: tool.version, target: server.version }
  // Nobody but us can have written our own dumps.
  const fault = backup.isForeign ? knownFault('pg_restore', tool) : undefined
  if (fault !== undefined) {
    return found('warning', 'VERSIONS_UNSAFE', { ...versions, isOlder, ...fault })
  }
  return isOlder
    ? found('warning', 'VERSIONS_OLDER', versions)
    : found('ok', 'VERSIONS_FIT', versions)
}

function findSubscriptions(_: Session, { contents: { subscriptions } }: Both): Finding {
  return subscriptions.length === 0
    ? found('ok', 'NO_SUBSCRIPTIONS')
    : found('warning', 'SUBSCRIPTIONS_DISABLED', { names: subscriptions })
}

async function findTablespaces(session: Session, { contents }: Both): Promise<Finding> {
  const names = await missing(session, 'pg_tablespace', 'spcname', contents.tablespaces)
  return names.length === 0
    ? found('ok', 'TABLESPACES_THERE')
    : found('warning', 'TABLESPACES_MISSING', { names })
}

function refuseLocaleProvider(_: Session, { target, server, properties }: Both): Finding {
  const [provider, since] = { c: ['', 0], i: ['ICU', 15], b: ['built-in', 17] }[
    properties.localeProvider
  ] as [string, number]
  if (server.major >= since) return found('ok', 'LOCALE_THERE')
  throw new TargetUnfit({
    server: serverName(target),
    lacks: `${provider} locales of databases`,
    hint: `restore to PostgreSQL ${since} or later`,
  })
}

async function refuseMissingExtensions(session: Session, fitness: Both): Promise<Finding> {
  const { target, contents } = fitness
  const lost = await missing(session, 'pg_available_extensions', 'name', contents.extensions)
  if (lost.length === 0) return found('ok', 'EXTENSIONS_THERE')
  throw new TargetUnfit({
    server: serverName(target),
    lacks: `${lost.length === 1 ? 'extension' : 'extensions'} ${lost.join(', ')}`,
    hint: 'install the packages that bring them on the server (often postgresql-contrib)',
  })
}

async function refuseMissingRoles(session: Session, fitness: Both): Promise<Finding> {
  const { target, contents, options, properties } = fitness
  const needed = new Set(contents.named)
  if (!options.noOwner) {
    for (const role of [...contents.owners, ...contents.grantees, ...rolesOf(properties)]) {
      needed.add(role)
    }
  }
  const lost = await missing(session, 'pg_roles', 'rolname', needed)
  if (lost.length === 0) return found('ok', 'ROLES_THERE')
  throw new TargetUnfit({
    server: serverName(target),
    lacks: `${lost.length === 1 ? 'role' : 'roles'} ${lost.join(', ')}`,
    hint: 'create them (holdfast export BACKUP --stream globals has their definitions), or add --no-owner',
  })
}

async function refuseForeignOwners(session: Session, fitness: Both): Promise<Finding> {
  const { target, server, contents, options, properties } = fitness
  const { user } = target
  if (options.noOwner) return found('warning', 'OWNERS_DROPPED', { user })
  const able = found('ok', 'OWNERS_KEPT', { user })
  if (server.isSuperuser) return able
  const foreign = await session.rows<{ name: string }>(
    'list its roles',
    `select rolname as name from pg_catalog.pg_roles
      where rolname = any ($1) and not pg_catalog.pg_has_role(oid, 'member') order by 1`,
    [[...contents.owners, properties.owner]],
  )
  if (foreign.length === 0) return able
  const names = foreign.map(({ name }) => name).join(', ')
  throw new DatabaseRefused({
    what: `let ${user} restore what belongs to ${names}`,
    server: serverName(target),
    why: 'only a superuser or a member of these roles can give them their objects back',
    hint: 'use such a login, or add --no-owner',
  })
}

/** Extensions of the backup that a server lets superusers alone make. */
export async function superuserExtensions(
  session: Session,
  { contents }: Pick<Both, 'contents'>,
): Promise<string[]> {
  const found = await session.rows<{ name: string }>(
    'list its extensions',
    `select distinct e.name::text as name
       from pg_catalog.pg_available_extensions e
       join pg_catalog.pg_available_extension_versions v
         on v.name = e.name and v.version = e.default_version
      where e.name = any ($1) and v.superuser and to_jsonb(v) ->> 'trusted' is distinct from 'true'
      order by 1`,
    [[...contents.extensions]],
  )
  return found.map(({ name }) => name)
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
