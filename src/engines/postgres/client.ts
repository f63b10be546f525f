import { readFile, stat } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { Client, type ClientConfig, DatabaseError, escapeIdentifier, escapeLiteral } from 'pg'
import { waiting } from '../../core/abort.ts'
import type { TlsState } from '../../core/backup.ts'
import { Fault, reason } from '../../core/fault.ts'
import { DatabaseMissing, DatabaseRefused, DatabaseUnreachable } from '../../core/faults.ts'
import type { Finding } from '../../core/preflight.ts'
import { checkedSocket } from '../reach.ts'
import { CopyIn } from './copy-in.ts'
import { exposureOf, tlsState } from './exposure.ts'
import { type Settings, serverName } from './settings.ts'

const CONNECT_TIMEOUT_MS = 15_000
const NO_SSL = 'The server does not support SSL connections'
/** What SQLSTATE says of a connection that was refused for good. */
const REFUSED = new Set(['28000', '28P01', '42501', '55000'])
const NO_SUCH_DATABASE = '3D000'
/** Classes of SQLSTATE that say nothing of the statement: connection, resources, operator, system. */
const MAY_PASS = /^(08|53|57|58)/

/** Rows on their way into a table. */
export interface Copy {
  /** Resolves when `bytes` is no longer needed. */
  write(bytes: Uint8Array): Promise<void>
  /** Resolves when the server has taken all of it. */
  end(): Promise<void>
}

/** A connection of ours. */
export class Session {
  /** How the connection is protected. */
  readonly tls: TlsState
  /** What to say of a connection that is in clear although it need not have been; undefined: nothing. */
  readonly exposure: Finding | undefined
  readonly #client: Client
  readonly #server: string
  readonly #signal: AbortSignal

  private constructor(client: Client, settings: Settings, signal: AbortSignal) {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
    this.tls = tlsState(stream, settings)
    this.exposure = exposureOf(this.tls, settings, stream)
    this.#client = client
    this.#server = serverName(settings)
    this.#signal = signal
    // A connection that breaks while nothing is asked of it shows in the next question.
    client.on('error', () => {})
  }

  static async open(settings: Settings, signal: AbortSignal): Promise<Session> {
    return new Session(await connected(settings, signal), settings, signal)
  }

  /** Opens a session, uses it and closes it. */
  static async use<T>(
    settings: Settings,
    signal: AbortSignal,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = await Session.open(settings, signal)
    try {
      return await work(session)
    } finally {
      await session.close()
    }
  }

  /** The rows that a statement answers; `what` completes "the server refused to …". */
  async rows<Row extends object>(
    what: string,
    sql: string,
    values: unknown[] = [],
  ): Promise<Row[]> {
    try {
      const query = this.#client.query<Row>(values.length === 0 ? sql : { text: sql, values })
      return (await waiting(what, query, this.#signal)).rows
    } catch (error) {
      throw this.#fault(what, error)
    }
  }

  /**
   * Begins to copy into a table; `sql`, in the session's encoding, ends with a COPY … FROM STDIN. Nothing
   * else is asked meanwhile.
   */
  async copyIn(what: string, sql: Uint8Array): Promise<Copy> {
    const copy = this.#client.query(new CopyIn(sql))
    const during = async (step: Promise<void>) => {
      try {
        await waiting(what, step, this.#signal)
      } catch (error) {
        throw this.#fault(what, error)
      }
    }
    await during(copy.begun())
    return { write: bytes => during(copy.write(bytes)), end: () => during(copy.end()) }
  }

  /** The only row of an answer. */
  async row<Row extends object>(what: string, sql: string, values: unknown[] = []): Promise<Row> {
    const [row] = await this.rows<Row>(what, sql, values)
    if (row === undefined) throw this.#fault(what, new Error('it answered nothing'))
    return row
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
  }

  #fault(what: string, error: unknown): Fault {
    if (error instanceof Fault) return error
    const server = this.#server
    const code = sqlState(error)
    return code === undefined || MAY_PASS.test(code)
      ? new DatabaseUnreachable(
          { server, why: `it broke off while asked to ${what}: ${reason(error)}` },
          error,
        )
      : new DatabaseRefused({ what, server, why: reason(error) }, error)
  }
}

/** The SQLSTATE of an error, or of what it was made from. */
export function sqlState(error: unknown): string | undefined {
  if (error instanceof Fault) return sqlState(error.cause)
  return error instanceof DatabaseError ? error.code : undefined
}

async function connected(settings: Settings, signal: AbortSignal): Promise<Client> {
  const mayFallBack = settings.sslMode === 'prefer' || settings.sslMode === 'allow'
  const isSocket = settings.host.startsWith('/')
  const ssl = settings.sslMode === 'disable' || isSocket ? false : await tlsOf(settings)
  try {
    return await connectOnce(settings, ssl, signal)
  } catch (error) {
    if (!mayFallBack || reason(error) !== NO_SSL) throw connectFault(settings, error)
  }
  try {
    return await connectOnce(settings, false, signal)
  } catch (error) {
    throw connectFault(settings, error)
  }
}

async function connectOnce(
  settings: Settings,
  ssl: ClientConfig['ssl'],
  signal: AbortSignal,
): Promise<Client> {
  const { host, port, user, password, database, reach } = settings
  const client = new Client({
    host,
    port,
    user,
    database,
    ssl,
    ...(password && { password: password.reveal() }),
    // Without one, pg would look into the environment and the password file: not for the wishes of others.
    ...(password === undefined && reach && { password: () => '' }),
    ...(reach && !host.startsWith('/') && { stream: () => checkedSocket(reach) }),
    application_name: 'holdfast',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  })
  client.on('error', () => {})
  try {
    await waiting(`connecting to ${serverName(settings)}`, client.connect(), signal)
    return client
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
}

/** What the sslmode means to Node; as in libpq, `require` with certificates at hand checks them. */
async function tlsOf({ sslMode, sslRootCert }: Settings): Promise<ClientConfig['ssl']> {
  if (sslRootCert === undefined) return { rejectUnauthorized: false }
  const ca = await readCertificates(sslRootCert)
  return sslMode === 'verify-full' ? { ca } : { ca, checkServerIdentity: () => undefined }
}

/** More than every authority that browsers trust. */
const MOST_CERTIFICATE_BYTES = 4 * 1024 * 1024

/** The path may come from somebody elsewhere: what has no end, or never begins, is not read. */
async function readCertificates(path: string): Promise<string> {
  try {
    const about = await stat(path)
    if (about.isFile() && about.size <= MOST_CERTIFICATE_BYTES) return await readFile(path, 'utf8')
    throw new Error('it is no file of certificates')
  } catch (error) {
    throw new DatabaseUnreachable({ server: path, why: reason(error) }, error)
  }
}

function connectFault(settings: Settings, error: unknown): Fault {
  if (error instanceof Fault) return error
  const server = serverName(settings)
  const code = sqlState(error)
  const why = connectReason(error)
  if (code === NO_SUCH_DATABASE) {
    return new DatabaseMissing({ database: settings.database, server }, error)
  }
  const lacksPassword = settings.password === undefined && why.startsWith('SASL')
  if (lacksPassword) {
    return refusedLogin(settings, 'it asks for a password, and the URL has none', error)
  }
  return code !== undefined && REFUSED.has(code)
    ? refusedLogin(settings, why, error)
    : new DatabaseUnreachable({ server, why }, error)
}

function refusedLogin({ user, database, ...rest }: Settings, why: string, error: unknown): Fault {
  const what = `let ${user} into database ${database}`
  const server = serverName({ user, database, ...rest })
  // Whether the password is wrong or there is none: no right is lacking.
  const hint = { hint: 'check the user and the password' }
  return new DatabaseRefused({ what, server, why, ...(/password/.test(why) && hint) }, error)
}

/** A name with several addresses fails with one error for each, and none for all of them. */
function connectReason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ')
  return reason(error)
}

/** `name` as an SQL identifier. */
export const identifier = (name: string): string => escapeIdentifier(name)
/** `text` as an SQL literal. */
export const literal = (text: string): string => escapeLiteral(text)
