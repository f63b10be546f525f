import { NotFound } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Sql } from './db.ts'
import { CALLED, findNamed, findNamedEver, type Hold, insertNamed } from './names.ts'
import { UNREACHABLE, type Unreachable, withTime } from './reach.ts'
import { refuseUsed } from './sources.ts'

/** A repository that the server writes to. */
export interface RepositoryRow {
  readonly id: string
  readonly name: string
  /** The id that the repository itself says. */
  readonly repository: string
  /** Where it is, for people. */
  readonly place: string
  /** How many runs may work on it at the same time; null: no limit of its own. */
  readonly maxRuns: number | null
  readonly createdAt: Date
}

/** A repository with what is known of its backups. */
export interface RepositoryListing extends RepositoryRow {
  readonly schedules: number
  readonly backups: number
  readonly storedBytes: number
  readonly lastBackupAt: Date | null
  /** Bytes of all dumps in it, before anything was saved on them. */
  readonly dumpBytes: number
  /** What it takes on its storage; null while nobody has measured it. */
  readonly usedBytes: number | null
  readonly packs: number | null
  readonly measuredAt: Date | null
  readonly unreachable: Unreachable | null
}

export interface NewRepository extends Omit<RepositoryRow, 'createdAt'> {
  /** Its URL, sealed for {@link repositoryUrlPlace}. */
  readonly urlSealed: Buffer
  /** The server's own recovery key, sealed for {@link repositoryKeyPlace}. */
  readonly keySealed: Buffer
  /** The repository's slot of that key. */
  readonly keySlot: string
}

/** Where the sealed URL of a repository belongs. */
export const repositoryUrlPlace = (id: string): string => `repositories.url_sealed:${id}`
/** Where the sealed key of a repository belongs. */
export const repositoryKeyPlace = (id: string): string => `repositories.key_sealed:${id}`

const COLUMNS = `id, name, repository, place, max_runs as "maxRuns", created_at as "createdAt"`

/** Adds a repository. Throws NameTaken. */
export async function insertRepository(sql: Sql, row: NewRepository): Promise<void> {
  const insert = sql.query(
    `insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot,
                               max_runs)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      row.id,
      row.name,
      row.repository,
      row.place,
      row.urlSealed,
      row.keySealed,
      row.keySlot,
      row.maxRuns,
    ],
  )
  await insertNamed('repository', row.name, insert)
}

/** The repository of that name or id. Throws NotFound, NameAmbiguous. */
export const findRepository = (sql: Sql, name: string, hold: Hold = ''): Promise<RepositoryRow> =>
  findNamed<RepositoryRow>(
    sql,
    'repository',
    name,
    `select ${COLUMNS} from repositories where removed_at is null and ${CALLED} ${hold}`,
  )

/** The same; while the transaction lasts, nobody removes it. */
export const holdRepository = (sql: Sql, name: string): Promise<RepositoryRow> =>
  findRepository(sql, name, 'for share')

/** The repository that bears that name or id, or that last did before it was removed. Throws NotFound, NameAmbiguous. */
export const findRepositoryEver = (sql: Sql, name: string): Promise<RepositoryRow> =>
  findNamedEver<RepositoryRow>(
    sql,
    'repository',
    name,
    `select ${COLUMNS} from repositories where ${CALLED} order by removed_at desc nulls first`,
  )

/** What may be changed of a repository; what is left out stays. */
export interface RepositoryChanges {
  readonly name?: string | undefined
  readonly maxRuns?: number | null | undefined
}

/** Changes what a repository is called here, or how much may work on it. Throws NotFound, NameTaken. */
export async function editRepository(
  sql: Sql,
  id: string,
  { name, maxRuns }: RepositoryChanges,
): Promise<RepositoryRow> {
  const update = sql.query<RepositoryRow>(
    `update repositories set name = coalesce($2, name),
       max_runs = case when $3 then $4::int else max_runs end
     where id = $1 and removed_at is null returning ${COLUMNS}`,
    [id, name ?? null, maxRuns !== undefined, maxRuns ?? null],
  )
  const [row] = await insertNamed('repository', name ?? '', update)
  if (row === undefined) throw new NotFound({ kind: 'repository', name: shortId(id) })
  return row
}

/** The name under which a repository is known already, by the id that the repository itself says. */
export async function repositoryKnownAs(sql: Sql, repository: string): Promise<string | undefined> {
  const [row] = await sql.query<{ name: string }>(
    'select name from repositories where removed_at is null and repository = $1',
    [repository],
  )
  return row?.name
}

export interface SealedRepository {
  readonly url: Buffer
  readonly key: Buffer
  readonly keySlot: string
}

/** What opens a repository, sealed, or undefined when it was removed. */
export async function sealedRepository(
  sql: Sql,
  id: string,
): Promise<SealedRepository | undefined> {
  const [row] = await sql.query<SealedRepository>(
    `select url_sealed as url, key_sealed as key, key_slot as "keySlot" from repositories
      where id = $1 and removed_at is null`,
    [id],
  )
  return row
}

/** Every repository, or one of them, by name. */
export async function listRepositories(sql: Sql, id?: string): Promise<RepositoryListing[]> {
  const rows = await sql.query<RepositoryListing>(
    `select ${COLUMNS},
            (select count(*)::int from schedules
              where repository_id = repositories.id and removed_at is null) as schedules,
            coalesce(held.backups, 0) as backups,
            coalesce(held.bytes, 0) as "storedBytes",
            held.newest as "lastBackupAt", coalesce(held.dumps, 0) as "dumpBytes",
            used.stored_bytes::float8 as "usedBytes", used.packs::float8 as packs,
            used.measured_at as "measuredAt", ${UNREACHABLE} as unreachable
       from repositories
       left join (select repository_id, count(*)::int as backups, max(finished_at) as newest,
                         sum(stored_bytes)::float8 as bytes, sum(dump_bytes)::float8 as dumps
                    from backups where $1::uuid is null or repository_id = $1
                   group by repository_id) held on held.repository_id = id
       left join repository_usage used on used.repository_id = id
       left join repository_reach reach on reach.repository_id = id
      where removed_at is null and ($1::uuid is null or id = $1) order by lower(name)`,
    [id ?? null],
  )
  return rows.map(row => Object.assign(row, { unreachable: withTime(row.unreachable) }))
}

/**
 * Removes a repository from the server and forgets how it opens; what it holds is not touched.
 * Throws NotFound, InUse.
 */
export async function removeRepository(sql: Sql, name: string): Promise<RepositoryRow> {
  const row = await findNamed<RepositoryRow>(
    sql,
    'repository',
    name,
    `select ${COLUMNS} from repositories where removed_at is null and ${CALLED} for update`,
  )
  await refuseUsed(sql, 'repository', row)
  await sql.query(
    `update repositories set removed_at = clock_now(), url_sealed = '', key_sealed = ''
      where id = $1`,
    [row.id],
  )
  await sql.query('delete from backups where repository_id = $1', [row.id])
  return row
}
