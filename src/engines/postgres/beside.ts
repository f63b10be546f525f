import { reason } from '../../core/fault.ts'
import { WARNINGS } from '../../core/warnings.ts'
import { identifier, literal, Session, sqlState } from './client.ts'
import type { Server } from './server.ts'
import { onDatabase, type Settings } from './settings.ts'
import { databaseExists, targetState } from './target.ts'

/** How a database looks that a restore has begun and not ended. */
const UNFINISHED = 'unfinished restore by holdfast; it is dropped by the next one'
const BESIDE = '_holdfast_[0-9a-f]{8}$'
/**
 * The key of our advisory locks. In a database beside, its keeper holds it: without that the restore is
 * dead. In the maintenance database it is held, shared, while a database has no keeper, at the beginning
 * and the end of a restore; whoever drops what dead restores left holds it alone.
 */
const LOCK = 0x68_6f_6c_64

/** The name of a database beside ends in this and eight random digits. */
export const besideSuffix = (random: Buffer): string => `_holdfast_${random.toString('hex')}`

/**
 * Makes a database with `make`, and marks it as unfinished; answers its keeper, a connection that stays
 * for as long as the restore lives. `session` is in the maintenance database, and ends soon after.
 */
export async function createBeside(
  session: Session,
  beside: Settings,
  make: () => Promise<unknown>,
): Promise<Session> {
  await holdOffDropping(session)
  await make()
  const keeper = await Session.open(beside, new AbortController().signal)
  const what = `mark database ${beside.database}`
  await keeper.rows(what, `select pg_catalog.pg_advisory_lock(${LOCK})`)
  const name = identifier(beside.database)
  await keeper.rows(what, `comment on database ${name} is ${literal(UNFINISHED)}`)
  return keeper
}

/** Until this session of the maintenance database ends, nobody drops what looks dead. */
export async function holdOffDropping(session: Session): Promise<void> {
  const what = 'wait until leftovers of other restores are dropped'
  await session.rows(what, `select pg_catalog.pg_advisory_lock_shared(${LOCK})`)
}

/**
 * Drops what restores left that died: databases marked as ours that have no keeper, and empty ones that
 * they had no time to mark. Answers what could not be dropped, which spoils nothing.
 */
export async function dropLeftovers(
  session: Session,
  target: Settings,
  server: Server,
  signal: AbortSignal,
): Promise<string[]> {
  const what = 'list what other restores left'
  const { alone } = await session.row<{ alone: boolean }>(
    what,
    `select pg_catalog.pg_try_advisory_lock(${LOCK}) as alone`,
  )
  // Another restore is beginning or ending at this moment; the next one looks again.
  if (!alone) return []
  const warnings: string[] = []
  for (const { name, marked } of await leftovers(session)) {
    try {
      const empty = async () =>
        (await targetState(session, onDatabase(target, name), signal)).is === 'empty'
      if (marked || (await empty())) await drop(session, name, server)
    } catch (error) {
      if (sqlState(error) === undefined) throw error
      warnings.push(WARNINGS.leftoverNotDropped({ database: name, why: reason(error) }))
    }
  }
  await session.rows(what, `select pg_catalog.pg_advisory_unlock(${LOCK})`)
  return warnings
}

/** Databases of this login that look like ours and have no keeper; an unmarked one must be unused, too. */
async function leftovers(session: Session): Promise<{ name: string; marked: boolean }[]> {
  return await session.rows(
    'list what other restores left',
    `select name, marked from (
       select d.datname as name, d.oid,
              shobj_description(d.oid, 'pg_database') is not distinct from $1 as marked,
              shobj_description(d.oid, 'pg_database') is null as plain
         from pg_catalog.pg_database d
        where d.datname ~ $2 and pg_has_role(d.datdba, 'usage')
     ) ours
     where not exists (select from pg_catalog.pg_locks l
                        where l.locktype = 'advisory' and l.database = ours.oid and l.objid = $3)
       and (marked or plain and not exists (select from pg_catalog.pg_stat_activity a
                                             where a.datid = ours.oid))`,
    [UNFINISHED, BESIDE, LOCK],
  )
}

export async function drop(session: Session, name: string, server: Server): Promise<void> {
  if (!(await databaseExists(session, name))) return
  const force = server.major >= 13 ? ' with (force)' : ''
  await session.rows(`drop database ${name}`, `drop database if exists ${identifier(name)}${force}`)
}
