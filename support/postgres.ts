import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { postgresPrograms } from './postgres-programs.ts'

type Guardian = ChildProcessByStdio<Writable, Readable, null>

export interface PostgresOptions {
  /** How logins prove themselves. Default: scram-sha-256, with a random password. */
  readonly auth?: 'scram-sha-256' | 'trust'
  /** Locale of the cluster. Default: C.UTF-8. */
  readonly locale?: string
  /** Server settings besides those of a throw-away server: `{ wal_level: 'logical' }`. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** A throw-away PostgreSQL server on a loopback port. */
export interface PostgresServer {
  readonly host: string
  readonly port: number
  /** The superuser. */
  readonly user: string
  /** Undefined where the server trusts everyone. */
  readonly password: string | undefined
  /** The directory of the programs that fit this server: psql, pg_dump, … */
  readonly bin: string
  /** The directory that holds everything of this server, its socket and its log too. */
  readonly dir: string
  url(database: string): string
  /** Runs SQL as superuser; answers the rows of the last statement. */
  query<Row = Record<string, unknown>>(
    database: string,
    sql: string,
    values?: unknown[],
  ): Promise<Row[]>
  /** What the server has logged so far. */
  log(): string
  /** Ends the server at once and removes everything. */
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const USER = 'postgres'
const PORT_ATTEMPTS = 5
const START_TIMEOUT_MS = 60_000
const AUTH = 'scram-sha-256'
const LOCALE = 'C.UTF-8'
/** Tells this process and all below it where `shareCluster` has made one. */
const SHARED = 'POSTGRES_CLUSTER'

/** How its programs are run: with nothing of our own environment. */
const PLAIN = { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' } }

/** Nobody needs the data after a crash, so nothing waits for the disk. */
const THROW_AWAY = {
  listen_addresses: HOST,
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  lc_messages: 'C',
}

const INITDB = `"$bin/initdb" -D "$dir/data" -U ${USER} -E UTF8 --locale="$locale" -A "$auth" \
  --pwfile="$dir/password" --no-sync --no-instructions`

/**
 * The server's guardian. Its stdin is a pipe that only our process holds open: when that ends, however
 * our process ends, the guardian stops the server and removes the directory. It signals a child of its
 * own that is not reaped yet, whose process id cannot belong to anyone else.
 * SIGQUIT is repeated: a shell starts background jobs with it ignored, until postgres handles it.
 */
const GUARDIAN = `
dir=$1 bin=$2 auth=$3 locale=$4 shared=$5; shift 5
exec 3<&0 </dev/null
cluster() { if [ -n "$shared" ]; then cp -R "$shared/data" "$dir"; else ${INITDB}; fi; }
if cluster >"$dir/log" 2>&1; then
  "$bin/postgres" -D "$dir/data" -k "$dir" "$@" >>"$dir/log" 2>&1 3<&- &
  server=$!
  {
    read -r _ <&3
    tries=0
    while [ $tries -lt 100 ]; do
      kill -QUIT $server || exit
      sleep 0.05
      tries=$((tries + 1))
    done
    kill -KILL $server
  } >/dev/null 2>&1 &
  guard=$!
  exec 3<&-
  wait $server
  kill $guard 2>/dev/null
fi
tail -n 20 "$dir/log"
rm -rf "$dir"
`

/** Starts a PostgreSQL server; it is gone when `stop` is called or this process ends. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = postgresPrograms()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), bin, options)
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use')
      if (!taken || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

/**
 * Makes a cluster of the usual kind once: servers of that kind begin as a copy of it, here and in all processes
 * below, until this one ends. To copy costs a tenth of what it costs to make one.
 */
export function shareCluster(): void {
  const bin = postgresPrograms()
  const owner = serverUser()
  const dir = serverDirectory(owner)
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  writePassword(dir, owner)
  const script = `dir=$1 bin=$2 auth=${AUTH} locale=${LOCALE}; ${INITDB}`
  execFileSync('/bin/sh', ['-c', script, 'sh', dir, bin], { ...owner, ...PLAIN })
  process.env[SHARED] = dir
}

/** Writes a new password where initdb finds it. */
function writePassword(dir: string, owner: Owner | undefined): string {
  const path = join(dir, 'password')
  const password = randomBytes(12).toString('base64url')
  writeFileSync(path, password, { mode: 0o600 })
  if (owner) chownSync(path, owner.uid, owner.gid)
  return password
}

async function startOn(
  port: number,
  bin: string,
  options: PostgresOptions,
): Promise<PostgresServer> {
  const owner = serverUser()
  const dir = serverDirectory(owner)
  const password = writePassword(dir, owner)
  const { auth = AUTH, locale = LOCALE } = options
  const shared = auth === AUTH && locale === LOCALE ? process.env[SHARED] : undefined
  const words = [dir, bin, auth, locale, shared ?? '', '-p', String(port)]
  for (const [name, value] of Object.entries({ ...THROW_AWAY, ...options.settings })) {
    words.push('-c', `${name}=${value}`)
  }
  const guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'sh', ...words], {
    ...owner,
    ...PLAIN,
    detached: true, // Ctrl-C at the terminal ends us first, and the guardian after us
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await ready(guardian, dir)
  if (shared !== undefined) await changePassword(port, { from: shared, to: password })
  return new ThrowAwayServer(guardian, {
    dir,
    bin,
    port,
    password: auth === 'trust' ? undefined : password,
  })
}

/** Gives a server whose cluster is a copy of the one in `from` a password of its own, and logs nothing of it. */
async function changePassword(port: number, { from, to }: { from: string; to: string }) {
  const client = new Client({
    host: HOST,
    port,
    user: USER,
    password: readFileSync(join(from, 'password'), 'utf8'),
    database: 'postgres',
    options: '-c log_statement=none',
  })
  await client.connect()
  await client.query(`alter role ${USER} password '${to}'`)
  await client.end()
}

/** Waits until the server takes connections; when it ends instead, throws with its last words. */
async function ready(guardian: Guardian, dir: string): Promise<void> {
  let lastWords = ''
  guardian.stdout.setEncoding('utf8').on('data', (text: string) => (lastWords += text))
  const deadline = performance.now() + START_TIMEOUT_MS
  while (!isReady(dir)) {
    const late = performance.now() > deadline
    if (late) guardian.stdin.end()
    if (late || guardian.exitCode !== null || guardian.signalCode !== null) {
      if (guardian.exitCode === null && guardian.signalCode === null) await once(guardian, 'close')
      throw new Error(`PostgreSQL did not start: ${lastWords}`)
    }
    await sleep(10)
  }
  // A forgotten server must not keep our process from ending: that is what ends the server.
  guardian.unref()
  for (const pipe of [guardian.stdin, guardian.stdout]) (pipe as unknown as Socket).unref()
}

/**
 * The eighth line of postmaster.pid is the server's own word for its state. The servers that initdb runs
 * make and remove such a file, too.
 */
function isReady(dir: string): boolean {
  try {
    const file = readFileSync(join(dir, 'data', 'postmaster.pid'), 'utf8')
    return file.split('\n')[7]?.trim() === 'ready'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

class ThrowAwayServer implements PostgresServer {
  readonly host = HOST
  readonly user = USER
  readonly port: number
  readonly password: string | undefined
  readonly bin: string
  readonly dir: string
  readonly #guardian: Guardian

  constructor(
    guardian: Guardian,
    facts: Pick<PostgresServer, 'dir' | 'bin' | 'port' | 'password'>,
  ) {
    this.#guardian = guardian
    this.dir = facts.dir
    this.bin = facts.bin
    this.port = facts.port
    this.password = facts.password
  }

  url(database: string): string {
    const login = this.password === undefined ? USER : `${USER}:${this.password}`
    return `postgres://${login}@${HOST}:${this.port}/${encodeURIComponent(database)}`
  }

  async query<Row = Record<string, unknown>>(
    database: string,
    sql: string,
    values?: unknown[],
  ): Promise<Row[]> {
    const { host, port, user, password } = this
    const client = new Client({ host, port, user, password, database })
    await client.connect()
    try {
      const answers = await client.query({ text: sql, ...(values && { values }) })
      const last = [answers].flat().at(-1)
      return (last?.rows ?? []) as Row[]
    } finally {
      await client.end()
    }
  }

  log(): string {
    return readFileSync(join(this.dir, 'log'), 'utf8')
  }

  async stop(): Promise<void> {
    const guardian = this.#guardian
    if (guardian.exitCode !== null || guardian.signalCode !== null) return
    guardian.ref()
    const closed = once(guardian, 'exit')
    guardian.stdin.end()
    await closed
  }
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Whom the server runs as: PostgreSQL refuses to run as root. */
function serverUser(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find(line => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('a server needs a user to run as: there is neither postgres nor nobody here')
}

/** A private directory of that user, in a place that it can reach. */
function serverDirectory(owner: Owner | undefined): string {
  const parent = owner === undefined || openToAll(tmpdir()) ? tmpdir() : '/tmp'
  const dir = mkdtempSync(join(parent, 'holdfast-pg-'))
  if (owner) chownSync(dir, owner.uid, owner.gid)
  return dir
}

function openToAll(path: string): boolean {
  const passable = (statSync(path).mode & 0o001) !== 0
  return passable && (path === dirname(path) || openToAll(dirname(path)))
}

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, HOST)
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  listener.close()
  await once(listener, 'close')
  return port
}
