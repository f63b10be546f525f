import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { PostgresServer } from './postgres.ts'

const SHOP = join(import.meta.dirname, '..', 'data', 'shop.sql')

/** Fills a database, made first when it is not there, with the shop; scale 1 is about 1.1 GB on disk. */
export async function loadShop(
  server: PostgresServer,
  database: string,
  scale: number,
): Promise<void> {
  const known = await server.query('postgres', 'select from pg_database where datname = $1', [
    database,
  ])
  if (known.length === 0) {
    await server.query('postgres', `create database "${database.replaceAll('"', '""')}"`)
  }
  const args = ['-X', '-q', '-h', server.host, '-p', String(server.port), '-U', server.user]
  args.push('-d', database, '-v', `scale=${scale}`, '-f', SHOP)
  await promisify(execFile)(join(server.bin, 'psql'), args, {
    env: { ...process.env, PGPASSWORD: server.password ?? '' },
  })
}
