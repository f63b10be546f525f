import { type Client, HoldfastError } from '../../src/client/index.ts'
import type { CatalogConnection } from '../catalog.ts'
import type { PostgresServer } from '../postgres.ts'
import { setInvoicesPassword } from './databases.ts'
import type { PastBackups } from './past-backups.ts'
import { pastRuns } from './past-runs.ts'
import { SAMPLE_SOURCES, type SampleSource } from './sources.ts'
import { tellPast } from './tell-past.ts'

/** What a new server is furnished with, and by whom. */
export interface Furniture {
  /** An administrator. */
  readonly client: Client
  /** Whom the runs by hand are told of. */
  readonly by: string
  /** The server's catalog, as a superuser of it. */
  readonly catalog: CatalogConnection
  /** The server with the sample databases. */
  readonly databases: PostgresServer
  readonly past: PastBackups
  readonly now: Date
  /** What opened the invoices until a day ago, and what does now. */
  readonly passwords: { readonly old: string; readonly new: string }
}

/**
 * Gives a new server the sample world: five sources, one of which nobody can log in to any more; a repository
 * with backups of two weeks; schedules; and runs of sixty days.
 */
export async function furnish(furniture: Furniture): Promise<void> {
  const { client, past, databases, passwords, catalog, now, by } = furniture
  await setInvoicesPassword(databases, passwords.old)
  const labels = new Map<string, string>()
  for (const source of SAMPLE_SOURCES) {
    const url = urlOf(databases, source, passwords.old)
    const { label } = await client.addSource({ name: source.name, url })
    labels.set(source.name, label)
  }
  await setInvoicesPassword(databases, passwords.new)
  const { url, recoveryKey } = past
  const { repository } = await client.addRepository({ name: 'main', url, recoveryKey })
  for (const { name, schedule } of SAMPLE_SOURCES) {
    await client.addSchedule({ source: name, repository: repository.id, ...schedule })
  }
  const runs = SAMPLE_SOURCES.flatMap(source => {
    const backups = past.bySource.get(source.name) ?? []
    return pastRuns({ source, label: labels.get(source.name) ?? source.name, backups, now, by })
  })
  await tellPast(catalog, runs)
  // Whoever tries things out asks for more than usual.
  await client.editSetting({ manualBackupsPerMinute: 10 })
  await backUpNow(client, 'shop')
  const sale = past.bySource.get('shop')?.at(-6)?.manifest.id ?? ''
  const care = { note: 'before the winter sale', pinned: true }
  await client.editBackup(sale, care, { repository: repository.id })
  await client.measureRepository(repository.id)
}

/** What is due every minute is not to look forgotten. */
async function backUpNow(client: Client, source: string): Promise<void> {
  const run = await client.startRun({ kind: 'backup', source }).catch((error: unknown) => {
    // Its schedule was quicker.
    if (error instanceof HoldfastError && error.run !== undefined) return { id: error.run }
    throw error
  })
  for await (const news of client.followRun(run.id)) void news
}

function urlOf(server: PostgresServer, { name, login }: SampleSource, password: string): string {
  const url = new URL(server.url(name))
  if (login !== undefined) [url.username, url.password] = [login, password]
  return url.href
}
