import type { TlsState } from '../core/backup.ts'
import { UPLOADED } from '../core/backup.ts'
import { InUse } from '../core/faults.ts'
import type { Sql } from './db.ts'
import { CALLED, findNamed, findNamedEver, type Hold, insertNamed } from './names.ts'

/** A database that is backed up. */
export interface Source {
  readonly id: string
  readonly name: string
  readonly engine: string
  /** The server for people, and for limits per server: `db.example.org:5432`. */
  readonly host: string
  readonly database: string
  /** What its backups call it: `shop@db.example.org:5432`. */
  readonly label: string
  /** What its backups called it before its database moved. */
  readonly formerLabels: readonly string[]
  readonly createdAt: Date
}

/** A source with what is known of its backups. */
export interface SourceListing extends Source {
  readonly schedules: number
  readonly lastBackupAt: Date | null
}

export interface NewSource extends Omit<Source, 'createdAt' | 'formerLabels'> {
  /** Its URL, sealed for {@link sourceUrlPlace}. */
  readonly urlSealed: Buffer
}

/** Where the sealed URL of a source belongs. */
export const sourceUrlPlace = (id: string): string => `sources.url_sealed:${id}`

const COLUMNS = `id, name, engine, host, database, label, former_labels as "formerLabels",
  created_at as "createdAt"`

/** Adds a source. Throws NameTaken. */
export async function insertSource(sql: Sql, source: NewSource): Promise<void> {
  const { id, name, engine, host, database, label, urlSealed } = source
  const insert = sql.query(
    `insert into sources (id, name, engine, host, database, label, url_sealed)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, name, engine, host, database, label, urlSealed],
  )
  await insertNamed('source', name, insert)
}

/** The source of that name or id. Throws NotFound, NameAmbiguous. */
export const findSource = (sql: Sql, name: string, hold: Hold = ''): Promise<Source> =>
  findNamed<Source>(
    sql,
    'source',
    name,
    `select ${COLUMNS} from sources where removed_at is null and ${CALLED} ${hold}`,
  )

/** What a change of a source leaves out stays. */
export type SourceChanges = Partial<Omit<NewSource, 'id'>>

/**
 * Changes a source, which the transaction holds. Where its database gets another label, the backups so far
 * stay with the source: it remembers what they call it. Throws NameTaken.
 */
export async function editSource(sql: Sql, now: Source, changes: SourceChanges): Promise<Source> {
  const { name, engine, host, database, label, urlSealed } = changes
  const update = sql.query<Source>(
    `update sources set name = coalesce($2, name), engine = coalesce($3, engine),
       host = coalesce($4, host), database = coalesce($5, database), label = coalesce($6, label),
       url_sealed = coalesce($7, url_sealed), revision = revision + 1,
       former_labels = case when $6 is null or $6 = label then former_labels
         else array_append(array_remove(array_remove(former_labels, $6), label), label) end
     where id = $1 returning ${COLUMNS}`,
    [now.id, name, engine, host, database, label, urlSealed].map(value => value ?? null),
  )
  const [row] = await insertNamed('source', name ?? now.name, update)
  return row ?? now
}

/** The same; while the transaction lasts, nobody removes it. */
export const holdSource = (sql: Sql, name: string): Promise<Source> =>
  findSource(sql, name, 'for share')

/** The source that bears that name or id, or that last did before it was removed. Throws NotFound, NameAmbiguous. */
export const findSourceEver = (sql: Sql, name: string): Promise<Source> =>
  findNamedEver<Source>(
    sql,
    'source',
    name,
    `select ${COLUMNS} from sources where ${CALLED} order by removed_at desc nulls first`,
  )

/** The sealed URL of a source, or undefined when it was removed. */
export async function sealedSourceUrl(sql: Sql, id: string): Promise<Buffer | undefined> {
  const [row] = await sql.query<{ url: Buffer }>(
    'select url_sealed as url from sources where id = $1 and removed_at is null',
    [id],
  )
  return row?.url
}

/** The source whose database this is, as backups name it. */
export async function sourceLabelled(sql: Sql, label: string): Promise<Source | undefined> {
  const [row] = await sql.query<Source>(
    `select ${COLUMNS} from sources where removed_at is null and label = $1
      order by created_at limit 1`,
    [label],
  )
  return row
}

/** How the connection of a source's newest backup was protected; null where nobody noted it. */
export async function newestTls(sql: Sql, id: string): Promise<TlsState | null> {
  const [row] = await sql.query<{ tls: TlsState | null }>(
    `select manifest->'source'->>'tls' as tls from backups
      where source_id = $1 order by finished_at desc limit 1`,
    [id],
  )
  return row?.tls ?? null
}

/** The newest backup of a source in a repository, as the catalogue knows it. */
export async function newestBackup(
  sql: Sql,
  source: Source,
  repositoryId: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ id: string }>(
    `select id from backups where source_id = $1 and repository_id = $2 and not unreadable
        and not tags ? $3
      order by finished_at desc limit 1`,
    [source.id, repositoryId, UPLOADED],
  )
  return row?.id
}

/** Every source, by name. */
export const listSources = (sql: Sql): Promise<SourceListing[]> =>
  sql.query<SourceListing>(
    `select ${COLUMNS},
            (select count(*)::int from schedules
              where source_id = sources.id and removed_at is null) as schedules,
            (select max(finished_at) from backups
              where source_id = sources.id and not tags ? $1) as "lastBackupAt"
       from sources where removed_at is null order by lower(name)`,
    [UPLOADED],
  )

/** Removes a source and forgets its URL; its runs and backups stay. Throws NotFound, InUse. */
export async function removeSource(sql: Sql, name: string): Promise<Source> {
  const source = await findNamed<Source>(
    sql,
    'source',
    name,
    `select ${COLUMNS} from sources where removed_at is null and ${CALLED} for update`,
  )
  await refuseUsed(sql, 'source', source)
  await sql.query(`update sources set removed_at = clock_now(), url_sealed = '' where id = $1`, [
    source.id,
  ])
  return source
}

/** Refuses to remove what a schedule or an active run needs. */
export async function refuseUsed(
  sql: Sql,
  kind: 'source' | 'repository',
  { id, name }: { readonly id: string; readonly name: string },
): Promise<void> {
  const [used] = await sql.query<{ schedules: number; run: string | null }>(
    `select (select count(*)::int from schedules
              where ${kind}_id = $1 and removed_at is null) as schedules,
            (select left(id::text, 8) from runs
              where ${kind}_id = $1 and finished_at is null limit 1) as run`,
    [id],
  )
  if (used === undefined) return
  if (used.run !== null) {
    const hint = `wait for it, or cancel it: holdfast cancel ${used.run}`
    throw new InUse({ kind, name, by: `run ${used.run}`, hint })
  }
  if (used.schedules > 0) {
    const by = used.schedules === 1 ? 'a schedule' : `${used.schedules} schedules`
    throw new InUse({ kind, name, by, hint: 'remove them first: holdfast schedule list' })
  }
}
