import { Client } from 'pg'
import type { WebSite } from './site.ts'

/** Keeps everybody from reading the table of a database: a run of it comes to a halt there. Let go to let it go on. */
export async function hold(site: WebSite, database: string): Promise<{ letGo(): Promise<void> }> {
  const client = new Client({ connectionString: site.database.url(database) })
  // Where a test fails, its server ends before this session does.
  client.on('error', () => undefined)
  await client.connect()
  await client.query('begin; lock table items in access exclusive mode')
  return { letGo: () => client.end() }
}
