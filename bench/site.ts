import { join } from 'node:path'
import process from 'node:process'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { loadShop } from '../support/shop.ts'
import { run, sizeOf } from './measure.ts'

/** The tables with many rows, what names a row of each by one number, and what becomes of one that changes. */
const CHANGES = [
  ['customers', 'id', "tags = tags || array['seen']"],
  ['orders', 'id', "status = 'returned'"],
  ['order_lines', 'order_id * 2 + line', 'quantity = quantity + 1'],
  ['events', 'id', "kind = 'replay'"],
] as const

/** The database that every contender backs up, before and after one row in a hundred has changed. */
export class Site {
  readonly server: PostgresServer
  readonly dir: string
  /** For programs of PostgreSQL and, as `SHOP_URL` and `COPY_URL`, for Holdfast. */
  readonly env: NodeJS.ProcessEnv
  readonly dumpBytes: number

  private constructor(server: PostgresServer, dir: string, env: NodeJS.ProcessEnv, bytes: number) {
    this.server = server
    this.dir = dir
    this.env = env
    this.dumpBytes = bytes
  }

  /** Fills database `shop`. Nothing vacuums or analyses by itself while it is measured. */
  static async prepare(scale: number, dir: string): Promise<Site> {
    const server = await startPostgres({ settings: { autovacuum: 'off' } })
    console.log(`PostgreSQL listens on port ${server.port}; the shop is filled at scale ${scale} …`)
    const env = {
      PATH: `${server.bin}:${process.env.PATH}`,
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGPASSWORD: server.password,
      SHOP_URL: server.url('shop'),
      COPY_URL: server.url('copy'),
      HOLDFAST_PASSPHRASE: 'a passphrase for the bench',
    }
    await loadShop(server, 'shop', scale)
    await server.query('shop', 'vacuum')
    const dump = join(dir, 'shop.dump')
    await run(`pg_dump -Fc -Z0 -f ${dump} shop`, env)
    return new Site(server, dir, env, sizeOf(dump))
  }

  /** The uncompressed dump of the shop before the change. */
  get dump(): string {
    return join(this.dir, 'shop.dump')
  }

  /** Makes the changed shop, kept aside: the rows are picked by a hash of their keys. */
  async prepareChange(): Promise<void> {
    const { server } = this
    await server.query('postgres', 'create database shop_after template shop')
    for (const [table, key, change] of CHANGES) {
      const picked = `(hashint8(${key}) & 2147483647) % 100 = 0`
      await server.query('shop_after', `update shop.${table} set ${change} where ${picked}`)
    }
    await server.query('shop_after', 'vacuum')
  }

  /** The changed database takes the place of `shop`, under the same name. */
  async change(): Promise<void> {
    await this.#rename('shop', 'shop_before')
    await this.#rename('shop_after', 'shop')
  }

  async changeBack(): Promise<void> {
    await this.#rename('shop', 'shop_after')
    await this.#rename('shop_before', 'shop')
  }

  /** Drops database `copy`, when it is there. */
  async dropCopy(): Promise<void> {
    await this.server.query('postgres', 'drop database if exists copy')
  }

  async createCopy(): Promise<void> {
    await this.server.query('postgres', 'create database copy template template0')
  }

  async #rename(from: string, to: string): Promise<void> {
    await this.server.query('postgres', `alter database ${from} rename to ${to}`)
  }
}
