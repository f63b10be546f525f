import { DUMP, type Outline, type SourceFacts, tableName } from '../../core/backup.ts'
import { Fault, reason } from '../../core/fault.ts'
import { Interrupted } from '../../core/faults.ts'
import { WARNINGS } from '../../core/warnings.ts'
import { bytesOf, collect } from '../../stream/bytes.ts'
import { Tool } from '../../stream/tool.ts'
import type { Dump, DumpOptions, DumpStream } from '../engine.ts'
import { ArchiveReader } from './archive.ts'
import type { ArchiveEntry } from './archive-head.ts'
import { Session } from './client.ts'
import { ToolLogin } from './login.ts'
import { OutlineBuilder } from './outline.ts'
import { type DumpContext, explained, runPgDump } from './pg-dump.ts'
import { checkDumpable, estimateBytes } from './preflight.ts'
import { readProperties } from './properties.ts'
import { serverOf } from './server.ts'
import { databaseName, type Settings } from './settings.ts'
import type { Toolbox } from './tools.ts'

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
      tls: session.tls,
      properties: await readProperties(session),
    }
    const estimatedBytes = await estimateBytes(session)
    const { lockTimeout } = options
    const context = { settings, toolbox, signal, server, tool, lockTimeout }
    const warnings = session.exposure === undefined ? [] : [session.exposure.message]
    return new PostgresDump(context, { facts, estimatedBytes, warnings })
  })
}

class PostgresDump implements Dump {
  readonly facts: SourceFacts
  readonly estimatedBytes: number | undefined
  readonly #context: DumpContext
  readonly #warnings: string[]
  readonly #builder = new OutlineBuilder(new Set(), entry => this.#note(entry))
  #globals: Promise<Uint8Array | undefined> | undefined
  #tables = 0

  constructor(
    context: DumpContext,
    about: Pick<Dump, 'facts' | 'estimatedBytes'> & { readonly warnings: readonly string[] },
  ) {
    this.#context = context
    this.facts = about.facts
    this.estimatedBytes = about.estimatedBytes
    this.#warnings = [...about.warnings]
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
    const end = new AbortController()
    const reader = new ArchiveReader(this.#builder)
    let isWhole = false
    try {
      const archive = runPgDump(this.#context, [], said => this.#warnings.push(...said))
      for await (const piece of archive) {
        // The snapshot is taken: whoever owns something in it is a role by now.
        this.#globals ??= settling(this.#readGlobals(end.signal))
        reader.push(piece)
        yield piece
      }
      reader.end('pg_dump')
      isWhole = true
    } catch (error) {
      throw await explained(error, this.#context, this.#tables)
    } finally {
      if (!isWhole) end.abort()
      await this.#globals?.catch(() => undefined)
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
        this.#warnings.push(WARNINGS.passwordsLeftOut({ user: settings.user }))
      }
      return globals
    } catch (error) {
      if (error instanceof Interrupted || !(error instanceof Fault)) throw error
      this.#warnings.push(WARNINGS.globalsLeftOut({ why: reason(error) }))
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
      const found = { where: type.toLowerCase(), name: tableName({ schema, name }) }
      this.#warnings.push(WARNINGS.passwordInClear(found))
    }
  }
}

/** A promise whose failure is thrown where it is waited for, and counts as heard until then. */
function settling<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
