import { readFileSync } from 'node:fs'
import { availableParallelism, hostname } from 'node:os'
import process from 'node:process'
import { CommanderError } from 'commander'
import { config } from '../config.ts'
import { systemClock } from '../core/clock.ts'
import { redact } from '../core/secret.ts'
import type { ServerOptions } from '../main.ts'
import { openStorage } from '../storage/index.ts'
import type { Storage } from '../storage/storage.ts'
import { Client, remotePlace, socketPlace } from './client.ts'
import type { Context, Outcome } from './context.ts'
import { Credentials } from './credentials.ts'
import { DONE, INTERRUPTED, WARNED, WRONG_USE } from './exits.ts'
import { failureOf } from './failure.ts'
import { runProgram } from './program.ts'
import { Terminal } from './terminal/terminal.ts'

/** The conventional code of a program that a closed pipe ended: 128 + SIGPIPE. */
const BROKEN_PIPE = 141

/** What writing to a pipe that nobody reads is answered with: the first time, and after that. */
const CLOSED = new Set<unknown>(['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'])

const terminal = new Terminal(
  { out: process.stdout, err: process.stderr },
  { noColor: config.noColor, dumb: config.dumbTerminal },
)
const stop = new AbortController()
const credentials = new Credentials(config, terminal, process.stdin, stop.signal)
const opened: Storage[] = []
let answersInterrupts = false

const context: Context = {
  terminal,
  credentials,
  clock: systemClock,
  signal: stop.signal,
  madeBy: { holdfast: version(), host: hostname() },
  cores: availableParallelism(),
  // Loaded when they are wanted, as commands are: most commands on a server want none of them.
  createRepository: async (url, passphrase) =>
    await (await repositories()).init(open(url), { passphrase, clock: systemClock }, stop.signal),
  openRepository: async (url, key) =>
    await (await repositories()).open(open(url), key, { clock: systemClock }, stop.signal),
  openDatabase: async url => (await engines()).openDatabase(url, config),
  engineNamed: async name => (await engines()).engineNamed(name, config),
  input: process.stdin,
  serve: async () => await (await import('../main.ts')).serve(asServer()),
  work: async () => await (await import('../main.ts')).work(asServer()),
  rotateSecretKey: async () => await (await import('../main.ts')).changeSecretKey(asServer()),
  server: connect,
  answerInterrupts: () => {
    answersInterrupts = true
  },
  finish,
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
for (const stream of [process.stdout, process.stderr]) stream.on('error', onOutputError)
// However it ends, the cursor comes back.
process.once('exit', () => terminal.clear())
process.exitCode = await main()

async function main(): Promise<number> {
  const argv = process.argv.slice(2)
  try {
    await runProgram(argv, context)
    return Number(process.exitCode ?? DONE)
  } catch (error) {
    if (isBrokenPipe(error)) return BROKEN_PIPE
    // No command was given, and the help was shown instead.
    if (error instanceof CommanderError && error.code === 'commander.help') return WRONG_USE
    if (config.debug && error instanceof Error) {
      terminal.say(redact(error.stack ?? error.message, credentials.secrets))
    }
    const failure = failureOf(error, stop.signal.aborted, credentials.secrets)
    terminal.error(failure.message, failure.hint)
    if (argv.includes('--json')) terminal.json({ error: failure })
    return failure.exit
  } finally {
    for (const storage of opened) await storage.close()
    process.stdin.destroy()
  }
}

async function repositories() {
  return (await import('../repository/repository.ts')).Repository
}

async function engines() {
  return await import('../engines/index.ts')
}

function open(url: string): Storage {
  const storage = openStorage(url)
  opened.push(storage)
  return storage
}

function finish({ text, json, warnings = [], exit }: Outcome, options: { json?: boolean }): void {
  if (options.json) terminal.json(json)
  else terminal.print(text)
  for (const warning of warnings) terminal.warn(warning)
  process.exitCode = exit ?? (warnings.length > 0 ? WARNED : DONE)
}

/** A server says in its log that it stops. */
function asServer(): ServerOptions {
  answersInterrupts = true
  return { version: context.madeBy.holdfast, signal: stop.signal, output: process.stderr }
}

function connect(): Client {
  const { serverUrl, apiKey } = config
  if (serverUrl === undefined) return new Client(socketPlace(config.server().socket), stop.signal)
  return new Client(remotePlace(serverUrl, apiKey, terminal), stop.signal)
}

/** The first signal lets the work clean up behind itself; the second one does not wait for that. */
function interrupt(signal: NodeJS.Signals): void {
  if (stop.signal.aborted) process.exit(INTERRUPTED)
  if (!answersInterrupts) terminal.say('stopping and cleaning up; once more to stop at once')
  stop.abort(new Error(signal))
}

/** A reader that has seen enough (`| head`) is no failure; what is still to be said goes nowhere. */
function onOutputError(error: Error): void {
  if (!isBrokenPipe(error)) throw error
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && CLOSED.has(error.code)
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
