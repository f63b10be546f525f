import { DUMP, type Outline, type SourceFacts, tableName } from '../../core/backup.ts'
import { Fault, reason } from '../../core/fault.ts'
import { DatabaseRefused, Interrupted, TablesLocked, ToolFailed } from '../../core/faults.ts'
import { bytesOf, collect } from '../../stream/bytes.ts'
import { Tool, type ToolCall } from '../../stream/tool.ts'
import type { Dump, DumpOptions, DumpStream } from '../engine.ts'
import { ArchiveReader } from './archive.ts'
import type { ArchiveEntry } from './archive-head.ts'
import { Session } from './client.ts'
import { ToolLogin } from './login.ts'
import { OutlineBuilder } from './outline.ts'
import { checkDumpable, estimateBytes, tooManyTables, whoLocks } from './preflight.ts'
import { readProperties } from './properties.ts'
import { type Server, serverOf } from './server.ts'
import { databaseName, type Settings, serverName } from './settings.ts'
import type { FoundTool, Toolbox } from './tools.ts'

const LOCK_TIMEOUT_MS = 60_000
/** The roles and tablespaces of the server. */
export const GLOBALS = 'globals'

/** Checks the database and answers a dump that starts when its first stream is read. */
export async function startDump(
  settings: Settings,
  toolbox: Toolbox,
  options: DumpOptions,
  signal: AbortSignal,
): Promise<Dump> {
  return await Session.use(settings, signal, async session => {
    const server = await serverOf(session)
    const tool = await toolbox.find('pg_dump', server.major, signal)
    await checkDumpable(session, server, settings)
    const facts: SourceFacts = {
      engine: 'postgres',
      name: databaseName(settings),
      server: server.version,
      tool: `pg_dump ${tool.version}`,
      database: settings.database,
      properties: await readProperties(session),
    }
    const estimatedBytes = await estimateBytes(session)
    const context = { settings, toolbox, options, signal, server, tool }
    return new PostgresDump(context, facts, estimatedBytes)
  })
}

interface Context {
  readonly settings: Settings
  readonly toolbox: Toolbox
  readonly options: DumpOptions
  readonly signal: AbortSignal
  readonly server: Server
  readonly tool: FoundTool
}

class PostgresDump implements Dump {
  readonly facts: SourceFacts
  readonly estimatedBytes: number | undefined
  readonly #context: Context
  readonly #warnings: string[] = []
  readonly #builder = new OutlineBuilder(new Set(), entry => this.#note(entry))
  #globals: Promise<Uint8Array | undefined> | undefined
  #tables = 0

  constructor(context: Context, facts: SourceFacts, estimatedBytes: number | undefined) {
    this.#context = context
    this.facts = facts
    this.estimatedBytes = estimatedBytes
  }

  get streams(): AsyncIterable<DumpStream> {
    return this.#streams()
  }

  position(): { readonly table: string | undefined } {
    return { table: this.#builder.table }
  }

  outline(): Outline {
    return this.#builder.outline()
  }

  warnings(): readonly string[] {
    return this.#warnings
  }

  async *#streams(): AsyncGenerator<DumpStream> {
    yield { name: DUMP, format: 'pg_dump custom', bytes: this.#dump() }
    const globals = await this.#globals
    if (globals) yield { name: GLOBALS, format: 'sql', bytes: bytesOf(globals) }
  }

  async *#dump(): AsyncGenerator<Uint8Array> {
    const { settings, toolbox, tool, options, signal } = this.#context
    const login = await ToolLogin.prepare(settings, toolbox.path)
    const end = new AbortController()
    let isWhole = false
    try {
      const lockTimeout = options.lockTimeout ?? LOCK_TIMEOUT_MS
      const call = await unbuffered(toolbox, tool, login, [
        '--format=custom',
        '--compress=0', // equal rows must stay equal bytes; the repository compresses
        '--no-password',
        `--lock-wait-timeout=${lockTimeout}`,
      ])
      const program = new Tool(call, 'stdout', signal)
      const reader = new ArchiveReader(this.#builder)
      for await (const piece of program.output()) {
        // The snapshot is taken: whoever owns something in it is a role by now.
        if (!options.dataOnlyForProof) this.#globals ??= settling(this.#readGlobals(end.signal))
        reader.push(piece)
        yield piece
      }
      reader.end('pg_dump')
      this.#warnings.push(...program.messages())
      isWhole = true
    } catch (error) {
      throw await this.#explained(error)
    } finally {
      if (!isWhole) end.abort()
      await this.#globals?.catch(() => undefined)
      await login.remove()
    }
  }

  /** All of `pg_dumpall --globals-only`: it is small, and half of it would be none. */
  async #readGlobals(end: AbortSignal): Promise<Uint8Array | undefined> {
    const { settings, server, toolbox, tool } = this.#context
    const signal = AbortSignal.any([this.#context.signal, end])
    const login = await ToolLogin.prepare(settings, toolbox.path)
    const { env, secrets } = login
    try {
      const { program } = await toolbox.find('pg_dumpall', tool.major, signal)
      const args = ['--globals-only', '--no-password']
      if (!server.mayReadPasswords) args.push('--no-role-passwords')
      const found = new Tool({ program, args, env, secrets }, 'stdout', signal)
      const globals = await collect(found.output())
      if (!server.mayReadPasswords) {
        this.#warnings.push(
          `roles were saved without their passwords: ${settings.user} may not read them`,
        )
      }
      return globals
    } catch (error) {
      if (error instanceof Interrupted || !(error instanceof Fault)) throw error
      this.#warnings.push(`roles and tablespaces were not saved: ${reason(error)}`)
      return undefined
    } finally {
      await login.remove()
    }
  }

  /** Looks at what passes for what its owner should know. */
  #note({ type, schema, name, definition }: ArchiveEntry): void {
    if (type === 'TABLE') this.#tables += 1
    const tells = type === 'USER MAPPING' || type === 'SERVER' || type === 'SUBSCRIPTION'
    if (tells && /password/i.test(definition)) {
      this.#warnings.push(
        `the dump holds a password in clear, in ${type.toLowerCase()} ${tableName({ schema, name })}: whoever can read the backup can read it`,
      )
    }
  }

  /** What pg_dump's failure means, where its words tell. Names of settings are in no other language. */
  async #explained(error: unknown): Promise<unknown> {
    if (!(error instanceof ToolFailed)) return error
    const { settings, server, signal } = this.#context
    const said = error.message
    if (said.includes('max_locks_per_transaction')) {
      return tooManyTables(settings, this.#tables, server.lockCapacity)
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
}

/** A promise whose failure is thrown where it is waited for, and counts as heard until then. */
function settling<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

/**
 * pg_dump writes 4 KiB at a time into a pipe; with `stdbuf` it writes 256 KiB, and reading 700 MB takes
 * 0.3 instead of 1.0 seconds of our processor. Without it all works the same, only slower.
 */
async function unbuffered(
  toolbox: Toolbox,
  tool: FoundTool,
  login: ToolLogin,
  args: readonly string[],
): Promise<ToolCall> {
  const stdbuf = await toolbox.stdbuf()
  const { env, secrets } = login
  return stdbuf === undefined
    ? { name: 'pg_dump', program: tool.program, args, env, secrets }
    : {
        name: 'pg_dump',
        program: stdbuf,
        args: ['-o256K', tool.program, ...args],
        env,
        secrets,
      }
}
