import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { WrongUse } from './core/faults.ts'
import { Secret } from './core/secret.ts'

/** Everything the environment may say, read once. `.env.example` lists the same names for people. */
export interface Config {
  readonly repository: string | undefined
  readonly passphrase: Secret | undefined
  readonly passphraseFile: string | undefined
  readonly newPassphrase: Secret | undefined
  readonly newPassphraseFile: string | undefined
  readonly recoveryKey: Secret | undefined
  /** Directory with pg_dump and pg_restore, looked into before the well-known places. */
  readonly pgBin: string | undefined
  /** The PATH that programs are looked for in. */
  readonly path: string
  /** Show the stack of an unexpected error. */
  readonly debug: boolean
  readonly noColor: boolean
  /** The terminal cannot move its cursor. */
  readonly dumbTerminal: boolean
  /** The server that commands talk to; undefined: the one on this machine. */
  readonly serverUrl: string | undefined
  readonly apiKey: Secret | undefined
  /** Any other variable, for `--source env:NAME`. */
  variable(name: string): Secret | undefined
  /** What is for the server; throws WrongUse where it makes no sense. */
  server(): ServerConfig
}

/** How the server runs. */
export interface ServerConfig {
  /** Where it keeps its catalog, its key and its socket. */
  readonly dataDir: string
  /** Where commands of the same user talk to it. */
  readonly socket: string
  readonly host: string
  readonly port: number
  /** Its catalog's database; undefined: the embedded server. */
  readonly databaseUrl: Secret | undefined
  readonly secretKeyFile: string
  /** How many runs this process performs at once. */
  readonly maxRuns: number
  /** When it stops, what runs may come to its end for so long; then others take it up. */
  readonly stopSeconds: number
  readonly logLevel: LogLevel
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const MOST_RUNS = 100
const MOST_STOP_SECONDS = 86_400

/** The only place that reads process.env. */
function readConfig(env: NodeJS.ProcessEnv): Config {
  // An empty variable counts as unset: that is what `NAME= command` means to whoever types it.
  const text = (name: string) => env[name] || undefined
  const secret = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : new Secret(value)
  }
  return Object.freeze<Config>({
    repository: text('HOLDFAST_REPOSITORY'),
    passphrase: secret('HOLDFAST_PASSPHRASE'),
    passphraseFile: text('HOLDFAST_PASSPHRASE_FILE'),
    newPassphrase: secret('HOLDFAST_NEW_PASSPHRASE'),
    newPassphraseFile: text('HOLDFAST_NEW_PASSPHRASE_FILE'),
    recoveryKey: secret('HOLDFAST_RECOVERY_KEY'),
    pgBin: text('HOLDFAST_PG_BIN'),
    serverUrl: text('HOLDFAST_SERVER'),
    apiKey: secret('HOLDFAST_API_KEY'),
    path: text('PATH') ?? '',
    debug: text('HOLDFAST_DEBUG') === '1',
    noColor: text('NO_COLOR') !== undefined,
    dumbTerminal: text('TERM') === 'dumb',
    variable: secret,
    server: () => readServerConfig(text),
  })
}

function readServerConfig(text: (name: string) => string | undefined): ServerConfig {
  const dataDir = resolve(text('HOLDFAST_DATA_DIR') ?? defaultDataDir(text))
  const url = text('HOLDFAST_DATABASE_URL')
  const number = (name: string, usual: number, from: number, to: number) =>
    numberOf(name, text(name) ?? String(usual), from, to)
  return Object.freeze<ServerConfig>({
    dataDir,
    socket: join(dataDir, 'holdfast.sock'),
    host: text('HOLDFAST_HOST') ?? '127.0.0.1',
    port: number('HOLDFAST_PORT', 7420, 0, 65_535),
    databaseUrl: url === undefined ? undefined : new Secret(databaseUrl(url)),
    secretKeyFile: resolve(text('HOLDFAST_SECRET_KEY_FILE') ?? join(dataDir, 'secret.key')),
    maxRuns: number('HOLDFAST_MAX_RUNS', 3, 1, MOST_RUNS),
    stopSeconds: number('HOLDFAST_STOP_SECONDS', 20, 0, MOST_STOP_SECONDS),
    logLevel: logLevel(text('HOLDFAST_LOG_LEVEL') ?? 'info'),
  })
}

function defaultDataDir(text: (name: string) => string | undefined): string {
  if (process.getuid?.() === 0) return '/var/lib/holdfast'
  return join(text('XDG_DATA_HOME') ?? join(homedir(), '.local', 'share'), 'holdfast')
}

function numberOf(name: string, text: string, from: number, to: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= from && value <= to) return value
  const hint = `give a number from ${from} to ${to}`
  throw new WrongUse({ why: `${name} is ${text}`, hint })
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find(one => one === text.toLowerCase())
  if (level !== undefined) return level
  const hint = `use one of ${LOG_LEVELS.join(', ')}`
  throw new WrongUse({ why: `HOLDFAST_LOG_LEVEL is ${text}`, hint })
}

/** The URL is not shown where it makes no sense: it holds a password. */
function databaseUrl(text: string): string {
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text
  const hint = 'write it as postgres://user:password@host:port/database'
  throw new WrongUse({ why: 'HOLDFAST_DATABASE_URL is no URL of a PostgreSQL database', hint })
}

export const config: Config = readConfig(process.env)
