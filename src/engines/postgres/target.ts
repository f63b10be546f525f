import { setTimeout as sleep } from 'node:timers/promises'
import { throwIfAborted } from '../../core/abort.ts'
import { DatabaseInUse, DatabaseRefused, TargetNotEmpty } from '../../core/faults.ts'
import { type Connection, connectionsText, type Objects, objectsText } from '../../core/findings.ts'
import { identifier, Session, sqlState } from './client.ts'
import { databaseName, onDatabase, type Settings, serverName } from './settings.ts'

export type TargetState =
  | { readonly is: 'absent' }
  | { readonly is: 'empty' }
  | { readonly is: 'occupied'; readonly objects: readonly Objects[] }

/** Databases from which others are made and renamed; never the one that is renamed itself. */
const MAINTENANCE = ['postgres', 'template1']
/** Objects below this number came with the server. */
const FIRST_USER_OBJECT = 16_384
const KICK_EVERY_MS = 100
/** A rename waits 5 seconds by itself for the last connection to end. */
const SWAP_ATTEMPTS = 3
const IN_USE = '55006'

/** What people make in a database. What hangs on a table counts with it. */
const INVENTORY = `
  select kind, count(*)::int as count from (
    select case relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence'
                        else 'table' end as kind, oid
      from pg_catalog.pg_class where relkind in ('r', 'p', 'f', 'v', 'm', 'S')
    union all select 'function', oid from pg_catalog.pg_proc
    union all select 'type', oid from pg_catalog.pg_type where typrelid = 0 and typelem = 0
    union all select 'type', oid from pg_catalog.pg_class where relkind = 'c'
    union all select 'schema', oid from pg_catalog.pg_namespace where nspname not like 'pg\\_%'
    union all select 'extension', oid from pg_catalog.pg_extension
    union all select 'large object', oid from pg_catalog.pg_largeobject_metadata
  ) made
  where oid >= ${FIRST_USER_OBJECT} and oid <> all ($1::oid[])
  group by kind order by kind`

const TEMPLATE_OBJECTS = `
  select coalesce(array_agg(oid), '{}') as oids from (
    select oid from pg_catalog.pg_class union all select oid from pg_catalog.pg_proc
    union all select oid from pg_catalog.pg_type union all select oid from pg_catalog.pg_namespace
    union all select oid from pg_catalog.pg_extension
  ) made where oid >= ${FIRST_USER_OBJECT}`

/** Works in a database of the server that is neither dumped nor restored. */
export async function onServer<T>(
  settings: Settings,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openMaintenance(settings, signal)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** A session in a database of the server that is neither dumped nor restored. */
export async function openMaintenance(settings: Settings, signal: AbortSignal): Promise<Session> {
  const [first, second] = MAINTENANCE.filter(name => name !== settings.database)
  try {
    return await Session.open(onDatabase(settings, first ?? 'template1'), signal)
  } catch (error) {
    if (second === undefined || sqlState(error) === undefined) throw error
    return await Session.open(onDatabase(settings, second), signal)
  }
}

export async function databaseExists(session: Session, name: string): Promise<boolean> {
  const found = await session.rows(
    'list its databases',
    'select from pg_catalog.pg_database where datname = $1',
    [name],
  )
  return found.length > 0
}

/** What the target is now. A new database holds what template1 holds: that counts as nothing. */
export async function targetState(
  session: Session,
  target: Settings,
  signal: AbortSignal,
): Promise<TargetState> {
  if (!(await databaseExists(session, target.database))) return { is: 'absent' }
  const template = onDatabase(target, 'template1')
  const oids = await Session.use(template, signal, one =>
    one.row<{ oids: string[] }>('list what template1 holds', TEMPLATE_OBJECTS),
  ).then(
    row => row.oids,
    (error: unknown) => {
      // Who may not look into template1 sees a copy of it as occupied: the safe side.
      if (sqlState(error) === undefined) throw error
      return []
    },
  )
  const objects = await Session.use(target, signal, one =>
    one.rows<Objects>('list what it holds', INVENTORY, [oids]),
  )
  return objects.length === 0 ? { is: 'empty' } : { is: 'occupied', objects }
}

export function refuseOccupied(target: Settings, state: TargetState): void {
  if (state.is !== 'occupied') return
  const found = objectsText(state.objects)
  throw new TargetNotEmpty({ database: databaseName(target), found })
}

/** Throws {@link DatabaseInUse} when others are connected. */
export async function refuseInUse(session: Session, target: Settings): Promise<void> {
  const connections = await connectionsTo(session, target)
  if (connections.length === 0) return
  throw new DatabaseInUse({ database: databaseName(target), by: connectionsText(connections) })
}

/** Who is connected to a database. */
export async function connectionsTo(session: Session, target: Settings): Promise<Connection[]> {
  return await session.rows(
    'list its connections',
    `select coalesce(usename::text, 'unknown') as user, nullif(application_name, '') as program,
            host(client_addr) as address, count(*)::int as count
       from pg_catalog.pg_stat_activity a
      where datname = $1
        and to_jsonb(a) ->> 'backend_type' is distinct from 'autovacuum worker'
      group by 1, 2, 3
      order by 1, 2 nulls first, 3 nulls first`,
    [target.database],
  )
}

/** Only its owner, or a member of that role, may rename a database. */
export async function refuseForeignTarget(session: Session, target: Settings): Promise<void> {
  const [foreign] = await session.rows<{ owner: string }>(
    'tell whose the target is',
    `select pg_catalog.pg_get_userbyid(datdba) as owner from pg_catalog.pg_database
      where datname = $1 and not pg_catalog.pg_has_role(datdba, 'usage')`,
    [target.database],
  )
  if (foreign === undefined) return
  throw new DatabaseRefused({
    what: `let ${target.user} rename database ${target.database}`,
    server: serverName(target),
    why: `it belongs to ${foreign.owner}, and the restored one is to take its name`,
    hint: `use the login of ${foreign.owner} or a superuser, or restore into a new database`,
  })
}

export interface Swap {
  readonly target: Settings
  readonly beside: string
  /** The name that the present database gets; undefined when there is none. */
  readonly aside: string | undefined
  /** What else belongs to the step: these statements succeed or fail with it. */
  readonly also: readonly string[]
  readonly disconnect: boolean
}

/**
 * Puts the new database in the target's place. Both renames are one transaction, so that a crash leaves
 * the server with either all of it or nothing.
 */
export async function swapIn(swap: Swap, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal, `putting ${swap.beside} in place`)
  // Bounded by the attempts, and not to be interrupted: nobody could say whether it happened.
  const toItsEnd = new AbortController().signal
  await onServer(swap.target, toItsEnd, async session => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await renameBoth(session, swap, toItsEnd)
      } catch (error) {
        await session.rows('roll back', 'rollback').catch(() => {})
        if (sqlState(error) !== IN_USE) throw error
        if (!swap.disconnect || attempt === SWAP_ATTEMPTS) {
          await refuseInUse(session, swap.target)
          throw error
        }
      }
    }
  })
}

async function renameBoth(session: Session, swap: Swap, signal: AbortSignal): Promise<void> {
  const { target, beside, aside, also, disconnect } = swap
  const what = `put ${beside} in the place of ${target.database}`
  const rename = (from: string, to: string) =>
    session.rows(what, `alter database ${identifier(from)} rename to ${identifier(to)}`)
  await session.rows(what, 'begin')
  for (const statement of also) await session.rows(what, statement)
  if (aside !== undefined) {
    // The rename holds back new connections before it waits for the old ones: from then on none comes
    // back after it was ended.
    const renamed = rename(target.database, aside)
    await (disconnect ? whileKicking(target, renamed, signal) : renamed)
  }
  await rename(beside, target.database)
  // The load ran with synchronous_commit off: this commit makes all of it durable.
  await session.rows(what, 'set local synchronous_commit = on')
  await session.rows(what, 'commit')
}

/** Ends the connections to a database again and again until `work` is done. */
async function whileKicking(
  target: Settings,
  work: Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const done = work.finally(() => over.abort())
  const kicking = onServer(target, signal, async session => {
    while (!over.signal.aborted) {
      await session.rows(
        `end the connections to ${target.database}`,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
        [target.database],
      )
      await sleep(KICK_EVERY_MS, undefined, { signal: over.signal }).catch(() => {})
    }
  })
  const [rename, kick] = await Promise.allSettled([done, kicking])
  if (kick.status === 'rejected') throw kick.reason
  if (rename.status === 'rejected') throw rename.reason
}
