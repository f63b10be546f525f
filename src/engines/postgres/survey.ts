import type { Outline } from '../../core/backup.ts'
import type { Bytes } from '../../stream/bytes.ts'
import type { Survey, SurveyOptions } from '../engine.ts'
import { ArchiveReader } from './archive.ts'
import { Session } from './client.ts'
import { DUMPED_TABLES } from './dumped-tables.ts'
import { OutlineBuilder } from './outline.ts'
import { type DumpContext, explained, runPgDump } from './pg-dump.ts'
import { checkDumpable } from './preflight.ts'
import { serverOf } from './server.ts'
import type { Settings } from './settings.ts'
import type { Toolbox } from './tools.ts'

/** Fewer bytes are read before a second pg_dump has found out what there is. */
const WORTH_A_LANE = 32 * 1024 * 1024
/** So many tables, the largest ones, are shared out; their names must fit into a command line. */
const MOST_APART = 100

interface SizedTable {
  readonly schema: string
  readonly name: string
  readonly bytes: number
}

const LARGEST_TABLES = `
  select n.nspname as schema, c.relname as name,
         (pg_relation_size(c.oid)
           + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0))::float8 as bytes
    from ${DUMPED_TABLES}
   order by bytes desc, c.oid limit ${MOST_APART}`

/**
 * Checks a database and prepares to read all of it. Over several lanes its largest tables are shared out
 * between as many pg_dumps, each with a snapshot of its own: for a database that nobody writes to.
 */
export async function startSurvey(
  settings: Settings,
  toolbox: Toolbox,
  options: SurveyOptions,
  signal: AbortSignal,
): Promise<Survey> {
  return await Session.use(settings, signal, async session => {
    const server = await serverOf(session)
    const tool = await toolbox.find('pg_dump', server.major, signal)
    await checkDumpable(session, server, settings)
    const apart =
      options.lanes < 2
        ? []
        : sharedOut(
            await session.rows<SizedTable>('measure its tables', LARGEST_TABLES),
            options.lanes,
          )
    const context = { settings, toolbox, signal, server, tool }
    return new PostgresSurvey(context, apart, options.unordered)
  })
}

class PostgresSurvey implements Survey {
  readonly parts: readonly Bytes[]
  readonly #context: DumpContext
  readonly #all: OutlineBuilder
  readonly #apart: readonly OutlineBuilder[]

  /** Each of `apart` is read by a pg_dump of its own, and everything else by one more. */
  constructor(
    context: DumpContext,
    apart: readonly (readonly SizedTable[])[],
    unordered: ReadonlySet<string>,
  ) {
    this.#context = context
    this.#all = new OutlineBuilder(unordered)
    this.#apart = apart.map(() => new OutlineBuilder(unordered))
    const without = apart.flat().map(table => `--exclude-table-data=${patternOf(table)}`)
    this.parts = [
      this.#read(this.#all, without),
      ...this.#apart.map((builder, lane) =>
        this.#read(builder, [
          '--data-only',
          ...(apart[lane] ?? []).map(table => `--table=${patternOf(table)}`),
        ]),
      ),
    ]
  }

  position(): { readonly table: string | undefined } {
    const [table] = [this.#all, ...this.#apart].flatMap(({ table }) => table ?? [])
    return { table }
  }

  outline(): Outline {
    const all = this.#all.outline()
    const apart = this.#apart.flatMap(builder => builder.outline().tables)
    return { ...all, tables: [...all.tables, ...apart] }
  }

  async *#read(builder: OutlineBuilder, args: readonly string[]): AsyncGenerator<Uint8Array> {
    const reader = new ArchiveReader(builder)
    try {
      for await (const piece of runPgDump(this.#context, args, () => {})) {
        reader.push(piece)
        yield piece
      }
      reader.end('pg_dump')
    } catch (error) {
      const tables = builder.outline().objects.filter(one => one.type === 'TABLE')
      throw await explained(error, this.#context, tables.length)
    }
  }
}

/**
 * Tables for every lane but the first, which reads what is left: the largest goes to whoever has least so
 * far. Nothing where a second lane is not worth its start.
 */
export function sharedOut(tables: readonly SizedTable[], lanes: number): SizedTable[][] {
  const shares = Array.from({ length: lanes }, () => ({ bytes: 0, tables: [] as SizedTable[] }))
  for (const table of tables) {
    const least = shares.reduce((one, other) => (other.bytes < one.bytes ? other : one))
    least.bytes += table.bytes
    least.tables.push(table)
  }
  const [, ...others] = shares
  return others.filter(share => share.bytes >= WORTH_A_LANE).map(share => share.tables)
}

/** A pattern of pg_dump that means this table and no other one. */
const patternOf = (table: SizedTable): string =>
  [table.schema, table.name].map(name => `"${name.replaceAll('"', '""')}"`).join('.')
