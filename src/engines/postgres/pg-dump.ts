import { DatabaseRefused, TablesLocked, ToolFailed } from '../../core/faults.ts'
import { Tool } from '../../stream/tool.ts'
import { Session } from './client.ts'
import { ToolLogin } from './login.ts'
import { tooManyTables, whoLocks } from './preflight.ts'
import type { Server } from './server.ts'
import { databaseName, type Settings, serverName } from './settings.ts'
import type { FoundTool, Toolbox } from './tools.ts'

const LOCK_TIMEOUT_MS = 60_000

/** A database that is read with pg_dump. */
export interface DumpContext {
  readonly settings: Settings
  readonly toolbox: Toolbox
  readonly server: Server
  readonly tool: FoundTool
  readonly signal: AbortSignal
  /** Milliseconds to wait for the lock on a table. */
  readonly lockTimeout?: number | undefined
}

/** Runs pg_dump; its archive passes, and ends only when the program has succeeded: then `heard` is told what it said. */
export async function* runPgDump(
  { settings, toolbox, tool, signal, lockTimeout = LOCK_TIMEOUT_MS }: DumpContext,
  args: readonly string[],
  heard: (messages: readonly string[]) => void,
): AsyncGenerator<Uint8Array> {
  const login = await ToolLogin.prepare(settings, toolbox.path)
  try {
    const [first, ...rest] = await commandOf(toolbox, tool, signal)
    const call = {
      name: 'pg_dump',
      program: first,
      args: [
        ...rest,
        '--format=custom',
        '--compress=0', // equal rows must stay equal bytes; the repository compresses
        '--no-password',
        `--lock-wait-timeout=${lockTimeout}`,
        ...args,
      ],
      env: login.env,
      secrets: login.secrets,
      isBackground: true,
    }
    const program = new Tool(call, 'stdout', signal)
    yield* program.output()
    heard(program.messages())
  } finally {
    await login.remove()
  }
}

/**
 * What pg_dump's failure means, where its words tell; `tables` were in its table of contents. Names of
 * settings are in no other language.
 */
export async function explained(
  error: unknown,
  { settings, server, signal }: DumpContext,
  tables: number,
): Promise<unknown> {
  if (!(error instanceof ToolFailed)) return error
  const said = error.message
  if (said.includes('max_locks_per_transaction')) {
    return tooManyTables(settings, tables, server.lockCapacity)
  }
  const holders = /query was: LOCK TABLE/i.test(said)
    ? await Session.use(settings, signal, whoLocks)
    : []
  if (holders.length > 0) {
    return new TablesLocked({ database: databaseName(settings), by: holders.join('; ') }, error)
  }
  const denied = /permission denied for [^\n;]+/.exec(said)?.[0]
  if (denied === undefined) return error
  const what = `let ${settings.user} read all of ${settings.database}`
  return new DatabaseRefused({ what, server: serverName(settings), why: denied }, error)
}

/**
 * pg_dump writes 4 KiB at a time into a pipe; with `stdbuf` it writes 256 KiB, and reading 700 MB takes
 * 0.3 instead of 1.0 seconds of our processor. A server on the same machine wakes it for every 8 KiB, and on two
 * processors it takes its own from that very server, 20,000 times in 700 MB, unless it is scheduled as a batch:
 * then the backup takes a twentieth less. Without either all works the same, only slower.
 */
async function commandOf(
  toolbox: Toolbox,
  { program }: FoundTool,
  signal: AbortSignal,
): Promise<readonly [program: string, ...args: string[]]> {
  const [batch, stdbuf] = await Promise.all([toolbox.batch(signal), toolbox.stdbuf()])
  const command = [...batch, ...(stdbuf ? [stdbuf, '-o256K'] : []), program]
  return command as [string, ...string[]]
}
