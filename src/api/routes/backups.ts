import { z } from 'zod'
import {
  type BackupRow,
  type FoundBackup,
  findBackup,
  listBackups,
  unclaimedDatabases,
} from '../../catalog/backup-list.ts'
import { findRepository } from '../../catalog/repositories.ts'
import { repositoryAccess } from '../../catalog/repository-access.ts'
import { type Outline, tableName } from '../../core/backup.ts'
import { type Deps, type Route, route } from '../route.ts'
import {
  type Backup,
  BackupDetails,
  BackupList,
  BackupQuery,
  BackupReference,
  BackupTables,
  Comparison,
  ComparisonQuery,
  type Diff,
  InRepository,
  MOST_CHANGES,
  TablesQuery,
  UnclaimedDatabases,
} from '../schema/backups.ts'

export const OneBackup = z.strictObject({ backup: BackupReference })

/** Reading an outline starts a process. */
const READS = { perCaller: 4, all: 8 }

export const backupRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/backups',
    summary: 'Backups in all repositories, newest first',
    area: 'backups',
    needs: 'viewer',
    shared: true,
    query: BackupQuery,
    answer: BackupList,
    handle: async ({ query }, { catalog }) => {
      const { limit, after, repository, state, ...filter } = query
      const repositoryId = await idOf(catalog, repository)
      const found = await listBackups(
        catalog,
        { ...filter, repositoryId, states: state },
        { limit, after },
      )
      const { next } = found
      const cursor = next && [next.finishedAt.toISOString(), next.id, next.repositoryId].join(',')
      return { document: { backups: found.backups.map(backupOf), next: cursor ?? null } }
    },
  }),

  route({
    method: 'GET',
    path: '/backups/unclaimed',
    summary: 'Databases of which there are backups and which are no source here',
    area: 'backups',
    needs: 'viewer',
    answer: UnclaimedDatabases,
    handle: async (_, { catalog }) => ({
      document: { databases: await unclaimedDatabases(catalog) },
    }),
  }),

  route({
    method: 'GET',
    path: '/backups/:backup',
    summary: 'A backup: what it is of, who made it, its streams and warnings',
    area: 'backups',
    needs: 'viewer',
    params: OneBackup,
    query: InRepository,
    answer: BackupDetails,
    handle: async ({ params, query }, deps) => ({
      document: detailsOf(await backupCalled(deps, params.backup, query.repository)),
    }),
  }),

  route({
    method: 'GET',
    path: '/backups/:backup/tables',
    summary: 'The tables of a backup with their rows, bytes and digests',
    area: 'backups',
    needs: 'viewer',
    atOnce: READS,
    params: OneBackup,
    query: TablesQuery,
    answer: BackupTables,
    handle: async ({ params, query, signal }, deps) => {
      const backup = await backupCalled(deps, params.backup, query.repository)
      const outline = await outlineOf(deps, backup, signal)
      return { document: tablesOf(outline, query) }
    },
  }),

  route({
    method: 'GET',
    path: '/backups/:before/diff/:after',
    summary: 'What changed from one backup to another, table by table',
    area: 'backups',
    needs: 'viewer',
    atOnce: READS,
    params: z.strictObject({ before: BackupReference, after: BackupReference }),
    query: ComparisonQuery,
    answer: Comparison,
    handle: async ({ params, query, signal }, deps) => {
      const before = await backupCalled(deps, params.before, query.beforeRepository)
      const after = await backupCalled(deps, params.after, query.afterRepository)
      const diff = deps.outside.compare(
        await outlineOf(deps, before, signal),
        await outlineOf(deps, after, signal),
      )
      const shown = shownOf(diff, query.same)
      return { document: { before: backupOf(before), after: backupOf(after), ...shown } }
    },
  }),
]

/** The backup that is meant; `repository` where its id alone does not tell. */
export async function backupCalled(
  { catalog }: Pick<Deps, 'catalog'>,
  name: string,
  repository?: string,
): Promise<FoundBackup> {
  return await findBackup(catalog, name, await idOf(catalog, repository))
}

async function idOf(catalog: Deps['catalog'], repository: string | undefined) {
  return repository === undefined ? undefined : (await findRepository(catalog, repository)).id
}

/** How the server gets at a backup. */
export async function placeOf(
  { catalog, vault }: Deps,
  { id, repositoryId, repository }: Pick<BackupRow, 'id' | 'repositoryId' | 'repository'>,
) {
  const access = await repositoryAccess(catalog, vault, { id: repositoryId, name: repository })
  return { ...access, backup: id }
}

async function outlineOf(deps: Deps, backup: FoundBackup, signal: AbortSignal): Promise<Outline> {
  return await deps.outside.readOutline(await placeOf(deps, backup), signal)
}

/** A backup as the API shows it. */
export function backupOf(row: BackupRow): Backup {
  const { repositoryId, repository, sourceId, source, ...rest } = row
  return {
    ...rest,
    repository: { id: repositoryId, name: repository },
    source: sourceId === null ? null : { id: sourceId, name: source ?? '' },
  }
}

function detailsOf(found: FoundBackup): BackupDetails {
  const { manifest, ...row } = found
  const { source, stored } = manifest
  return {
    ...row,
    ...backupOf(row),
    engine: source.engine,
    database: source.database,
    server: source.server,
    tool: source.tool,
    properties: source.properties,
    streams: [...manifest.streams],
    warnings: manifest.warnings,
    newChunks: stored.newChunks,
    reusedChunks: stored.reusedChunks,
    madeBy: manifest.madeBy,
    previous: manifest.previous?.id ?? null,
  }
}

function tablesOf(
  { tables, sequences, largeObjects }: Outline,
  { text = '', limit, after = '' }: z.output<typeof TablesQuery>,
): BackupTables {
  const wanted = tables
    .map(table => ({ ...table, name: tableName(table) }))
    .filter(table => table.name.toLowerCase().includes(text.toLowerCase()))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const rest = wanted.filter(table => table.name > after)
  const page = rest.slice(0, limit)
  return {
    tables: page,
    total: wanted.length,
    next: rest.length > page.length ? (page.at(-1)?.name ?? null) : null,
    sequences: sequences.length,
    largeObjects,
  }
}

function shownOf(diff: Diff, withSame: boolean): Diff & Pick<Comparison, 'counts'> {
  const of = (change: Diff['tables'][number]['change']) =>
    diff.tables.filter(table => table.change === change).length
  const tables = withSame ? diff.tables : diff.tables.filter(table => table.change !== 'same')
  return {
    tables: tables.slice(0, MOST_CHANGES),
    objects: diff.objects.slice(0, MOST_CHANGES),
    sequences: diff.sequences.slice(0, MOST_CHANGES),
    largeObjects: diff.largeObjects,
    counts: {
      added: of('added'),
      gone: of('gone'),
      changed: of('changed'),
      same: of('same'),
      objects: diff.objects.length,
      sequences: diff.sequences.length,
    },
  }
}
