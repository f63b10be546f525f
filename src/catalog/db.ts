import { DatabaseError, escapeIdentifier, Pool, type PoolClient, type PoolConfig, types } from 'pg'
import { reason } from '../core/fault.ts'
import { CatalogUnreachable } from '../core/faults.ts'

/** Connects anew when a connection broke, and gives up on an answer that never comes. */
const LIMITS = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 30_000,
  // A node that stands still within a transaction must not keep the locks that all others need.
  idle_in_transaction_session_timeout: 5_000,
  keepAlive: true,
  max: 8,
}

/** What SQL is sent through: the catalog itself, or one transaction of it. */
export interface Sql {
  /** Answers the rows of one statement; `$1` … stand for `values`. */
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** What time it is for the catalog. */
export async function catalogTime(sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ now: Date }>('select clock_now() as now')
  if (row === undefined) throw new CatalogUnreachable({ why: 'it does not tell the time' })
  return row.now
}

type Read = (text: string) => unknown
const usualTime = types.getTypeParser(types.builtins.TIMESTAMPTZ) as Read

/**
 * A moment as PostgreSQL writes it. In UTC and with four digits for the year it is ISO 8601 but for its ends, which
 * JavaScript itself reads four times as fast as a driver does: a page of a list has hundreds of them.
 */
const readTime: Read = text =>
  text[10] === ' ' && text.endsWith('+00')
    ? new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
    : usualTime(text)

const PARSERS: PoolConfig['types'] = {
  getTypeParser: (type, format): unknown =>
    type === types.builtins.TIMESTAMPTZ && format !== 'binary'
      ? readTime
      : types.getTypeParser(type, format),
}

const DEADLOCK = '40P01'
/** A server that answers and takes nothing: its disk is full, or it is read-only. */
const TAKES_NOTHING = new Set(['53100', '25006'])
/** Such a refusal counts for so long: what failed is tried again sooner. */
const REFUSED_MS = 30_000
const MOST_TRIES = 5

/** How a statement of ours was refused by the database, by PostgreSQL's error code. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof DatabaseError ? error.code : undefined

/** Where the server's records are: one PostgreSQL database. */
export class Catalog implements Sql {
  readonly #pool: Pool
  readonly #listener = new Listener(() => this.#client())
  #refused: { readonly at: number; readonly why: string } | undefined

  /** `config` names the server as `pg` wants it: a connection string, or host and the rest. */
  constructor(config: PoolConfig) {
    this.#pool = new Pool({ ...LIMITS, types: PARSERS, ...config })
    // An idle connection that breaks is replaced by the next query.
    this.#pool.on('error', () => undefined)
  }

  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return await rowsOf<Row>(this.#pool, text, values)
    } catch (error) {
      this.#note(error)
      throw error
    }
  }

  /** Why the database has lately refused to write, if it has. */
  refusal(): string | undefined {
    const { at, why } = this.#refused ?? { at: Number.NEGATIVE_INFINITY, why: undefined }
    return performance.now() - at < REFUSED_MS ? why : undefined
  }

  /** How many connections are in use, how many wait to be used, and how many requests wait for one. */
  connections(): { readonly busy: number; readonly idle: number; readonly wanted: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return { busy: totalCount - idleCount, idle: idleCount, wanted: waitingCount }
  }

  #note(error: unknown): void {
    if (!TAKES_NOTHING.has(sqlState(error) ?? '')) return
    this.#refused = { at: performance.now(), why: reason(error) }
  }

  /**
   * Runs `work` in one transaction: all of it happens, or, when it throws, nothing. Where it and another one
   * waited for each other, PostgreSQL ends one of them: `work` is then done anew.
   */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#transaction(work)
      } catch (error) {
        if (sqlState(error) !== DEADLOCK || tries === MOST_TRIES) throw error
      }
    }
  }

  async #transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = await this.#client()
    let broken: Error | undefined
    // A connection that breaks between two statements says so here; the next statement fails by itself.
    const onError = (error: Error) => (broken = error)
    client.on('error', onError)
    try {
      await rowsOf(client, 'begin', [])
      const done = await work({ query: (text, values = []) => rowsOf(client, text, values) })
      await rowsOf(client, 'commit', [])
      return done
    } catch (error) {
      this.#note(error)
      // A connection that cannot even roll back is not given to anybody else.
      await client.query('rollback').catch((cause: Error) => (broken = cause))
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  /**
   * Calls `heard` with every message on a channel until `stop`. Messages are lost while the connection is:
   * `heard` is then called with undefined, and the listener must look for itself.
   */
  async listen(
    channel: string,
    heard: (payload: string | undefined) => void,
  ): Promise<{ stop(): Promise<void> }> {
    await this.#listener.add(channel, heard)
    return { stop: () => this.#listener.remove(channel, heard) }
  }

  async close(): Promise<void> {
    await this.#listener.end()
    await this.#pool.end()
  }

  async #client(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw new CatalogUnreachable({ why: reason(error) }, error)
    }
  }
}

/** A pause before listening again where listening failed. */
const LISTEN_AGAIN_MS = 500

type Heard = (payload: string | undefined) => void

/** One connection for every channel that somebody listens on. */
class Listener {
  readonly #connect: () => Promise<PoolClient>
  readonly #channels = new Map<string, Set<Heard>>()
  #client: PoolClient | undefined
  #opening: Promise<PoolClient> | undefined
  #again: NodeJS.Timeout | undefined

  constructor(connect: () => Promise<PoolClient>) {
    this.#connect = connect
  }

  async add(channel: string, heard: Heard): Promise<void> {
    const all = this.#channels.get(channel) ?? new Set()
    this.#channels.set(channel, all.add(heard))
    try {
      this.#opening ??= this.#open()
      await (await this.#opening).query(`listen ${escapeIdentifier(channel)}`)
    } catch (error) {
      await this.remove(channel, heard)
      throw error
    }
  }

  async remove(channel: string, heard: Heard): Promise<void> {
    const all = this.#channels.get(channel)
    all?.delete(heard)
    if (all?.size === 0) this.#channels.delete(channel)
    if (this.#channels.size === 0) await this.end()
  }

  async end(): Promise<void> {
    this.#channels.clear()
    clearTimeout(this.#again)
    // One that could not be opened has nothing to be given back.
    await this.#opening?.catch(() => undefined)
    const client = this.#client
    this.#client = undefined
    this.#opening = undefined
    client?.release(true)
  }

  async #open(): Promise<PoolClient> {
    try {
      const client = await this.#connect()
      this.#client = client
      client.on('notification', ({ channel, payload = '' }) => {
        for (const heard of this.#channels.get(channel) ?? []) heard(payload)
      })
      client.once('error', (error: Error) => this.#lost(client, error))
      return client
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  #lost(client: PoolClient, error: Error): void {
    if (this.#client !== client) return
    this.#client = undefined
    this.#opening = undefined
    client.release(error)
    this.#retry()
  }

  #retry(): void {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => {
      this.#listenAgain().catch(() => this.#retry())
    }, LISTEN_AGAIN_MS)
  }

  async #listenAgain(): Promise<void> {
    if (this.#channels.size === 0) return
    this.#opening ??= this.#open()
    const client = await this.#opening
    for (const channel of this.#channels.keys()) {
      await client.query(`listen ${escapeIdentifier(channel)}`)
    }
    for (const all of this.#channels.values()) for (const heard of all) heard(undefined)
  }
}

/** Statements that are prepared once for each connection: to plan one again takes longer than most of them run. */
const prepared = new Map<string, string>()
/** Filters combine in many ways; those that come first are those that are used. */
const MOST_PREPARED = 300
/** Several statements in one cannot be prepared, and what is no question is not asked often. */
const ONE_STATEMENT = /^\s*(?:select|with|insert|update|delete)\b[^;]*$/

function preparedName(text: string): string | undefined {
  const known = prepared.get(text)
  if (known !== undefined) return known
  if (prepared.size >= MOST_PREPARED || !ONE_STATEMENT.test(text)) return undefined
  const name = `holdfast_${prepared.size + 1}`
  prepared.set(text, name)
  return name
}

async function rowsOf<Row extends object>(
  to: Pool | PoolClient,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    const { rows } = await to.query<Row>({ name: preparedName(text), text, values: [...values] })
    return rows
  } catch (error) {
    // What the server answered is for the caller to judge; everything else is the way to it.
    if (error instanceof DatabaseError && !error.code?.startsWith('57P')) throw error
    throw new CatalogUnreachable({ why: reason(error) }, error)
  }
}
