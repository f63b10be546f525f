import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { reason } from '../core/fault.ts'
import { EmbeddedFailed } from '../core/faults.ts'
import { sqlState } from './db.ts'
import { ENVIRONMENT, type Layout, PORT, passwordOf, prepareFiles, ROLE } from './embedded-files.ts'

const SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: 50,
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  log_checkpoints: 'off',
  jit: 'off',
}

const POLL_MS = 15
/** What a server that was killed leaves behind, its children and their memory, goes away by itself. */
const START_TRIES = 50
const START_PAUSE_MS = 200
const LEFT_BEHIND = /postmaster\.pid|shared memory block|could not bind/
const WATCH_MS = 500
const AFTER_FAILURE_MS = 5_000
/** How long a stopping server may take, first politely, then not. */
const STOP_MS = 30_000
const QUIT_MS = 10_000
const MOST_LOG_BYTES = 16 * 1024 * 1024

/** How the embedded server came to serve us. */
export type Start = 'started' | 'adopted'

export interface EmbeddedOptions {
  readonly signal: AbortSignal
  /** Told when the server had ended by itself and was started again, or could not be. */
  readonly onRestart?: (error: unknown) => void
}

/**
 * The PostgreSQL server that comes with Holdfast, listening on a unix socket in the data directory. It is a
 * process of its own and outlives us when we are killed; the next start adopts it. Whoever starts it holds
 * the lock of the data directory.
 */
export class EmbeddedPostgres {
  /** How to connect to it. */
  readonly connection: ClientConfig
  readonly #layout: Layout
  readonly #options: EmbeddedOptions
  #watch: NodeJS.Timeout | undefined
  #starting: Promise<unknown> | undefined
  readonly #stopped = new AbortController()

  private constructor(layout: Layout, options: EmbeddedOptions) {
    this.#layout = layout
    this.#options = options
    this.connection = connectionTo(layout)
  }

  /** Starts the server in a data directory, or adopts the one that runs there. */
  static async start(
    dataDir: string,
    options: EmbeddedOptions,
  ): Promise<{ server: EmbeddedPostgres; start: Start }> {
    const layout = await prepareFiles(dataDir, options.signal)
    const server = new EmbeddedPostgres(layout, options)
    const start = await server.#start(options.signal)
    server.#keepWatch(WATCH_MS)
    return { server, start }
  }

  /** Stops the server and waits until its process is gone. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    clearTimeout(this.#watch)
    await this.#starting?.catch(() => undefined)
    await stopServer(this.#layout)
  }

  async #start(signal: AbortSignal): Promise<Start> {
    const running = processOf(this.#layout)
    if (running?.program === serverProgram(this.#layout)) {
      await ready(this.connection, signal, this.#layout.log, () => !processOf(this.#layout))
      return 'adopted'
    }
    // Left by another version of ours.
    if (running) await stopServer(this.#layout)
    await startServer(this.#layout, this.connection, signal)
    return 'started'
  }

  /** Looks after the server, whoever its parent is, and starts it again when it is gone. */
  #keepWatch(pauseMs: number): void {
    this.#watch = setTimeout(() => {
      if (processOf(this.#layout)) this.#keepWatch(WATCH_MS)
      else this.#starting = this.#startAgain()
    }, pauseMs).unref()
  }

  async #startAgain(): Promise<void> {
    const { signal } = this.#stopped
    const error = await this.#start(signal).then(
      () => undefined,
      (cause: unknown) => cause,
    )
    if (signal.aborted) return
    this.#options.onRestart?.(error)
    this.#keepWatch(error === undefined ? WATCH_MS : AFTER_FAILURE_MS)
  }
}

/** Connects to the embedded server that another process, on the same data directory, has started. */
export function joinEmbedded(dataDir: string): ClientConfig | undefined {
  const root = join(dataDir, 'postgres')
  const layout = { root, data: join(root, 'data'), run: join(root, 'run') }
  if (processOf(layout) === undefined) return undefined
  return connectionTo({ ...layout, password: join(root, 'password') })
}

const connectionTo = (layout: Pick<Layout, 'run' | 'password' | 'data'>): ClientConfig => {
  const password = passwordOf(layout)
  return {
    host: layout.run,
    // Said, because `pg` would take them from PGPORT and PGSSLMODE, which are for other servers.
    port: PORT,
    ssl: false,
    user: ROLE,
    database: 'postgres',
    // A function, because `pg` shows its settings in what it throws and prints.
    password: () => password.reveal(),
  }
}

const serverProgram = (layout: Pick<Layout, 'programs'>) => join(layout.programs, 'bin', 'postgres')

/** The server's process, if it lives: the pid file may be left of a dead one, and its pid be another's now. */
function processOf({
  root,
  data,
}: Pick<Layout, 'root' | 'data'>): { pid: number; program: string } | undefined {
  try {
    const [pid = '', directory] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    // A zombie has no program, and neither has a process of somebody else for us.
    const program = readlinkSync(`/proc/${Number(pid)}/exe`)
    const ours = directory === data && program.startsWith(join(root, 'native-'))
    return ours ? { pid: Number(pid), program } : undefined
  } catch {
    return undefined
  }
}

async function startServer(
  layout: Layout,
  connection: ClientConfig,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const from = statSync(layout.log, { throwIfNoEntry: false })?.size ?? 0
    const child = spawnServer(layout)
    try {
      return await ready(connection, signal, layout.log, () => hasEnded(child))
    } catch (error) {
      if (!hasEnded(child)) await ended(child, 'SIGINT')
      signal.throwIfAborted()
      const words = readFileSync(layout.log).subarray(from).toString('utf8')
      if (attempt === START_TRIES || !LEFT_BEHIND.test(words)) {
        const why = lastWords(words) || reason(error)
        throw new EmbeddedFailed({ what: 'start', why, log: layout.log }, error)
      }
    }
    await sleep(START_PAUSE_MS, undefined, { signal })
  }
}

function spawnServer(layout: Layout): ChildProcess {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const args = ['-D', layout.data, '-k', layout.run, '-p', String(PORT), ...settings]
  const log = openLog(layout.log)
  try {
    const child = spawn(serverProgram(layout), args, {
      ...(layout.owner && { uid: layout.owner.uid, gid: layout.owner.gid }),
      cwd: '/',
      env: ENVIRONMENT,
      detached: true, // Ctrl-C at the terminal is for us, and we stop it when our work is done
      stdio: ['ignore', log, log],
    })
    // What could not even be started has no pid, and says why where the server would.
    child.on('error', error => appendFileSync(layout.log, `${error.message}\n`))
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

function openLog(path: string): number {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > MOST_LOG_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit')
  // It keeps nobody alive, but whoever waits for it.
  child.ref()
  child.kill(signal)
  await exited
}

/** Waits until the server answers or has ended; recovery after a crash may take it a while. */
async function ready(
  connection: ClientConfig,
  signal: AbortSignal,
  log: string,
  gone: () => boolean,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await knock(connection)
    } catch (error) {
      if (gone() || !isStarting(error)) {
        throw new EmbeddedFailed({ what: 'answer', why: reason(error), log }, error)
      }
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}

async function knock(connection: ClientConfig): Promise<void> {
  const client = new Client({ ...connection, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('select 1')
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Whether the server is on its way: no socket yet, nobody behind it yet, or "starting up". */
const isStarting = (error: unknown): boolean =>
  sqlState(error) === '57P03' ||
  ['ENOENT', 'ECONNREFUSED'].includes(String((error as NodeJS.ErrnoException).code))

async function stopServer(layout: Layout): Promise<void> {
  // Fast: ends sessions and writes everything down. Immediate: leaves that to the recovery.
  if (await endBy('SIGINT', layout, STOP_MS)) return
  if (await endBy('SIGQUIT', layout, QUIT_MS)) return
  const why = 'it did not end on SIGINT and SIGQUIT'
  throw new EmbeddedFailed({ what: 'stop', why, log: layout.log })
}

async function endBy(signal: NodeJS.Signals, layout: Layout, limitMs: number): Promise<boolean> {
  const first = processOf(layout)
  if (first === undefined) return true
  process.kill(first.pid, signal)
  const deadline = performance.now() + limitMs
  while (processOf(layout) !== undefined) {
    if (performance.now() > deadline) return false
    await sleep(POLL_MS)
  }
  return true
}

const lastWords = (log: string): string => log.trim().split('\n').slice(-3).join(' | ')
