import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { tableName } from '../../core/backup.ts'
import { DumpTruncated } from '../../core/faults.ts'
import type { Bytes } from '../../stream/bytes.ts'
import { ArchiveReader, type ArchiveSink } from './archive.ts'
import type { ArchiveEntry } from './archive-head.ts'

const EVENT_TRIGGER = 'EVENT TRIGGER'
/** Entries that set a session. */
const SESSION = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH'])
/** Entries that come after all others, each in a step of its own. */
const REFRESH = 'MATERIALIZED VIEW DATA'

/** The table of contents of a dump, as far as a restore must know it beforehand. */
export interface Contents {
  /** File with the archive's head: enough for pg_restore to restore what has no data. */
  readonly head: string
  /** SQL that sets a session to read the dump: its encoding and the like. */
  readonly session: readonly string[]
  /** The COPY statement of each table's data, by `tableName`. */
  readonly copies: ReadonlyMap<string, string>
  /** Tables that the dump makes, by `tableName`; others belong to extensions, and may hold rows already. */
  readonly tables: ReadonlySet<string>
  readonly lists: Lists
  readonly materializedViews: readonly { readonly schema: string; readonly name: string }[]
  readonly extensions: ReadonlySet<string>
  readonly tablespaces: ReadonlySet<string>
  readonly owners: ReadonlySet<string>
  /** Roles that are granted something. */
  readonly grantees: ReadonlySet<string>
  /** Roles that policies and user mappings name: needed even without owners and grants. */
  readonly named: ReadonlySet<string>
  readonly subscriptions: readonly string[]
}

/** Files for `pg_restore --use-list`, in the order of their use; undefined where there is nothing to list. */
export interface Lists {
  /** What is there before the data, and whatever data is no table's. */
  readonly first: string
  /** Grants come after the data: an owner may have taken its own rights away. */
  readonly grants: string | undefined
  /** What follows the data. */
  readonly last: string
  readonly eventTriggers: string | undefined
}

/** Reads the head of a dump into files of a private directory, and no more of it than that. */
export async function readContents(dump: Bytes, directory: string): Promise<Contents> {
  const sink = new ContentsSink()
  const reader = new ArchiveReader(sink)
  const head = join(directory, 'head')
  const file = await open(head, 'wx', 0o600)
  try {
    await copyHead(dump, reader, sink, file)
  } finally {
    await file.close()
  }
  const list = async (name: string, ids: readonly number[]) =>
    await writeList(join(directory, name), ids)
  const lists = {
    first: await list('first', sink.first),
    grants: sink.grants.length === 0 ? undefined : await list('grants', sink.grants),
    last: await list('last', [...sink.first, ...sink.grants]),
    eventTriggers:
      sink.eventTriggers.length === 0
        ? undefined
        : await list('event-triggers', sink.eventTriggers),
  }
  return { ...sink.contents, head, lists }
}

async function copyHead(
  dump: Bytes,
  reader: ArchiveReader,
  sink: ContentsSink,
  file: FileHandle,
): Promise<void> {
  let written = 0
  for await (const piece of dump) {
    reader.push(piece)
    const left = sink.headBytes === undefined ? piece.length : sink.headBytes - written
    await file.write(piece.subarray(0, left))
    written += piece.length
    if (sink.headBytes !== undefined) return
  }
  throw new DumpTruncated({ tool: 'pg_dump', why: 'its table of contents is cut off' })
}

async function writeList(path: string, ids: readonly number[]): Promise<string> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.write(ids.map(id => `${id};\n`).join(''))
  } finally {
    await file.close()
  }
  return path
}

/** Sorts the entries of a table of contents. */
class ContentsSink implements ArchiveSink {
  headBytes: number | undefined
  readonly first: number[] = []
  readonly grants: number[] = []
  readonly eventTriggers: number[] = []
  readonly contents = {
    session: [] as string[],
    copies: new Map<string, string>(),
    tables: new Set<string>(),
    materializedViews: [] as { schema: string; name: string }[],
    extensions: new Set<string>(),
    tablespaces: new Set<string>(),
    owners: new Set<string>(),
    grantees: new Set<string>(),
    named: new Set<string>(),
    subscriptions: [] as string[],
  }

  entry(entry: ArchiveEntry): void {
    const { id, type, schema, name, owner, tablespace } = entry
    const { contents } = this
    // What is said about an event trigger (its comment) waits for it.
    if (type === EVENT_TRIGGER || name.startsWith(`${EVENT_TRIGGER} `)) this.eventTriggers.push(id)
    else if (type === REFRESH) contents.materializedViews.push({ schema, name })
    else if (type === 'ACL' || type === 'DEFAULT ACL') this.grants.push(id)
    else if (type === 'TABLE DATA') contents.copies.set(tableName(entry), entry.copy)
    else this.first.push(id)
    if (SESSION.has(type)) contents.session.push(entry.definition)
    if (type === 'TABLE') contents.tables.add(tableName(entry))
    if (type === 'EXTENSION') contents.extensions.add(name)
    if (type === 'SUBSCRIPTION') contents.subscriptions.push(tableName({ schema, name }))
    if (tablespace !== '') contents.tablespaces.add(tablespace)
    if (isAboutDatabase(entry)) return
    if (owner !== '') contents.owners.add(owner)
    for (const role of granteesOf(entry)) contents.grantees.add(role)
    for (const role of rolesNamedBy(entry)) contents.named.add(role)
  }

  headEnd(_head: unknown, offset: number): void {
    this.headBytes = offset
  }

  dataStart(): void {}
  data(): void {}
  largeObjectStart(): void {}
  largeObjectEnd(): void {}
  dataEnd(): void {}
}

/** pg_restore leaves these out: the database's own properties are restored from the backup's facts. */
const isAboutDatabase = ({ type, schema, name }: ArchiveEntry): boolean =>
  type.startsWith('DATABASE') || (schema === '' && name.startsWith('DATABASE '))

const ROLE = String.raw`"(?:[^"]|"")+"|[^\s,;"]+`
const GRANT = new RegExp(String.raw`\b(?:TO|FROM) (${ROLE})(?: WITH GRANT OPTION)?;$`, 'gm')
const POLICY = new RegExp(` TO ((?:${ROLE})(?:, (?:${ROLE}))*)(?: USING | WITH CHECK |;)`)
const MAPPING = new RegExp(`^CREATE USER MAPPING FOR (${ROLE}) `)
const PSEUDO_ROLES = new Set(['PUBLIC', 'CURRENT_USER', 'SESSION_USER', 'CURRENT_ROLE'])

function granteesOf({ type, definition }: ArchiveEntry): string[] {
  if (type !== 'ACL' && type !== 'DEFAULT ACL') return []
  return roles([...definition.matchAll(GRANT)].flatMap(match => match[1] ?? []))
}

function rolesNamedBy({ type, definition }: ArchiveEntry): string[] {
  if (type !== 'POLICY' && type !== 'USER MAPPING') return []
  const named = (type === 'POLICY' ? POLICY : MAPPING).exec(definition)?.[1] ?? ''
  return roles(named.match(new RegExp(ROLE, 'g')) ?? [])
}

/** The names of roles as SQL writes them, without pseudo roles. */
function roles(written: readonly string[]): string[] {
  return written
    .filter(name => !PSEUDO_ROLES.has(name.toUpperCase()))
    .map(name => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name))
}
