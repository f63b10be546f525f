import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { throwIfAborted } from '../../core/abort.ts'
import { DUMP, tableName } from '../../core/backup.ts'
import { reason } from '../../core/fault.ts'
import { TargetUnfit } from '../../core/faults.ts'
import { WARNINGS } from '../../core/warnings.ts'
import type { Bytes } from '../../stream/bytes.ts'
import { scratchDirectory } from '../../stream/scratch.ts'
import { Tool } from '../../stream/tool.ts'
import type {
  Afterwards,
  Database,
  RestorableBackup,
  Restore,
  RestoreOptions,
  Swapped,
} from '../engine.ts'
import { besideSuffix, createBeside, drop, dropLeftovers, holdOffDropping } from './beside.ts'
import { identifier, literal, Session, sqlState } from './client.ts'
import { checkTarget } from './fitness.ts'
import { headOf, type ReadDump, TableLoader } from './load.ts'
import { ToolLogin } from './login.ts'
import { type Contents, readContents } from './needs.ts'
import {
  createStatement,
  grantStatements,
  type Properties,
  propertiesOf,
  settingStatements,
} from './properties.ts'
import { type Server, serverOf } from './server.ts'
import {
  nameAside,
  nameUndone,
  onDatabase,
  type Settings,
  serverName,
  withSuffix,
} from './settings.ts'
import {
  databaseExists,
  onServer,
  refuseForeignTarget,
  refuseInUse,
  refuseOccupied,
  swapIn,
  type TargetState,
  targetState,
} from './target.ts'
import { type FoundTool, majorOf, type Toolbox } from './tools.ts'

/** SQLSTATE classes of CREATE DATABASE that mean: not this encoding or locale. */
const UNFIT = new Set(['22023', '42809', '42704', '0A000'])
/** Memory for each index under construction, where the server would give less. */
const INDEX_MEMORY = 256 * 1024 * 1024

/** Where a restore goes. */
export interface Place {
  readonly target: Settings
  readonly toolbox: Toolbox
  /** Opens another database of the server. */
  readonly open: (settings: Settings) => Database
}

/** What is common to all steps of one restore. */
interface Context extends Place {
  readonly backup: RestorableBackup
  readonly options: RestoreOptions
  readonly properties: Properties
  readonly server: Server
  readonly tool: FoundTool
  readonly contents: Contents
  readonly directory: string
  readonly hasTablespaces: boolean
}

/** Checks everything that can be checked, and makes nothing on the server. */
export async function prepareRestore(
  place: Place,
  backup: RestorableBackup,
  options: RestoreOptions,
  signal: AbortSignal,
): Promise<Restore> {
  const { target, toolbox } = place
  const properties = propertiesOf(backup.facts.properties)
  const toolMajor = majorOf(backup.facts.tool.replace(/^\D*/, ''))
  const tool = await toolbox.find('pg_restore', toolMajor, signal)
  const directory = await scratchDirectory()
  try {
    const contents = await readContents(backup.stream(DUMP), directory)
    return await onServer(target, signal, async session => {
      const server = await serverOf(session)
      const state = await targetState(session, target, signal)
      if (!options.replace) refuseOccupied(target, state)
      if (state.is !== 'absent') await refuseForeignTarget(session, target)
      if (state.is !== 'absent' && !options.disconnect) await refuseInUse(session, target)
      const fitness = { target, server, properties, contents, options, tool, backup }
      const { warnings, hasTablespaces } = await checkTarget(session, fitness)
      const given = { ...place, backup, options, properties, server, tool }
      const context: Context = { ...given, contents, directory, hasTablespaces }
      return new PostgresRestore(context, state, warnings)
    })
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

class PostgresRestore implements Restore {
  readonly target: TargetState['is']
  readonly besideName: string
  readonly beside: Database
  readonly leavesOut: ReadonlySet<string>
  readonly #context: Context
  readonly #besideSettings: Settings
  readonly #warnings: string[]
  /** Connected for as long as the database is unfinished, so that no other restore takes it for dead. */
  #keeper: Session | undefined
  #loader: TableLoader | undefined
  #exists = false

  constructor(context: Context, state: TargetState, warnings: readonly string[]) {
    this.#context = context
    this.target = state.is
    this.besideName = withSuffix(context.target.database, besideSuffix(randomBytes(4)))
    this.#besideSettings = onDatabase(context.target, this.besideName)
    this.beside = context.open(this.#besideSettings)
    this.leavesOut = new Set(context.options.noOwner ? ['ACL', 'DEFAULT ACL'] : [])
    this.#warnings = [...warnings]
  }

  async create(signal: AbortSignal): Promise<void> {
    const { target, properties, server } = this.#context
    throwIfAborted(signal, 'the restore')
    // Not to be interrupted: the server would go on making the database, and nobody would remove it.
    const toItsEnd = new AbortController().signal
    await onServer(target, toItsEnd, async session => {
      this.#warnings.push(...(await dropLeftovers(session, target, server, toItsEnd)))
      this.#exists = true
      this.#keeper = await createBeside(session, this.#besideSettings, async () => {
        const sql = createStatement(this.besideName, properties, server.major)
        await session.rows(`create database ${this.besideName}`, sql).catch((error: unknown) => {
          throw UNFIT.has(sqlState(error) ?? '') ? unfit(target, properties, error) : error
        })
      })
    })
  }

  async load(read: ReadDump, signal: AbortSignal): Promise<void> {
    const { contents, backup, options } = this.#context
    const { lists, head } = contents
    await this.#pgRestore(['--section=pre-data', `--use-list=${lists.first}`, head], signal)
    this.#loader = new TableLoader(contents, backup.outline, read)
    await this.#together(signal, during => {
      const lane = async () =>
        await Session.use(this.#besideSettings, during, async session => {
          await this.#loader?.run(session)
        })
      const lanes = Array.from({ length: Math.max(1, options.jobs) }, lane)
      return [...lanes, this.#loadOthers(read, during)]
    })
    if (lists.grants === undefined) return
    await this.#pgRestore([`--use-list=${lists.grants}`, head], signal)
  }

  /** Large objects, and where sequences stand. */
  async #loadOthers(read: ReadDump, signal: AbortSignal): Promise<void> {
    const { contents, backup } = this.#context
    const args = ['--section=data', `--use-list=${contents.lists.first}`]
    const { at } = backup.outline.largeObjects
    if (at.length === 0) return await this.#pgRestore([...args, contents.head], signal)
    // To pg_restore this is a dump that holds large objects only.
    const dump = async function* () {
      yield* headOf(contents)
      for (const [from, to] of at) yield* read({ from, to })
    }
    await this.#pgRestore(args, signal, dump())
  }

  /** Waits for all of the work; when one part of it fails, for the others to stop. */
  async #together(
    signal: AbortSignal,
    begin: (during: AbortSignal) => readonly Promise<void>[],
  ): Promise<void> {
    const failure = new AbortController()
    const parts = begin(AbortSignal.any([signal, failure.signal]))
    try {
      await Promise.all(parts)
    } catch (error) {
      failure.abort(error)
      await Promise.allSettled(parts)
      throw error
    }
  }

  async finish(signal: AbortSignal): Promise<void> {
    const { head, lists } = this.#context.contents
    const { eventTriggers } = lists
    const jobs = `--jobs=${Math.max(1, this.#context.options.jobs)}`
    const postData = ['--section=post-data', jobs, `--use-list=${lists.last}`, head]
    await this.#pgRestore(postData, signal)
    await this.#refresh(signal)
    if (eventTriggers !== undefined) {
      // They would fire for what the restore itself does, so they come when all else is there.
      await this.#pgRestore([`--use-list=${eventTriggers}`, head], signal)
    }
    await this.#applyProperties(signal)
  }

  async swap(signal: AbortSignal): Promise<Swapped> {
    const { target, options } = this.#context
    const { before, aside } = await onServer(target, signal, async session => {
      const state = await targetState(session, target, signal)
      if (!options.replace) refuseOccupied(target, state)
      const aside = await asideName(session, target, state)
      // Without its keeper, which no rename allows, the database looks dead.
      await holdOffDropping(session)
      await this.#keeper?.close()
      const also = this.#lastStatements()
      const { besideName: beside } = this
      await swapIn({ target, beside, aside, also, disconnect: options.disconnect }, signal)
      return { before: state.is, aside }
    })
    this.#exists = false
    await this.discard()
    const kept = aside !== undefined && before === 'empty' ? await this.#dropEmpty(aside) : aside
    return kept === undefined ? { kept } : { kept, afterwards: afterwardsOf(target, kept) }
  }

  async discard(): Promise<void> {
    await this.#keeper?.close()
    await rm(this.#context.directory, { recursive: true, force: true })
    if (!this.#exists) return
    try {
      await onServer(this.#context.target, new AbortController().signal, session =>
        drop(session, this.besideName, this.#context.server),
      )
      this.#exists = false
    } catch (error) {
      // The failure that led here matters more, and the next restore drops what is left.
      const facts = { database: this.besideName, why: reason(error) }
      this.#warnings.push(WARNINGS.besideNotRemoved(facts))
    }
  }

  position(): { readonly table: string | undefined } {
    return { table: this.#loader?.table }
  }

  warnings(): readonly string[] {
    return this.#warnings
  }

  /** What makes the new database what the old one was, in the same step as the swap. */
  #lastStatements(): string[] {
    const { comment, connectionLimit } = this.#context.properties
    const database = identifier(this.besideName)
    return [
      `comment on database ${database} is ${literal(comment ?? '')}`,
      `alter database ${database} with connection limit ${Math.max(-1, connectionLimit)}`,
    ]
  }

  async #pgRestore(args: readonly string[], signal: AbortSignal, input?: Bytes): Promise<void> {
    const { toolbox, tool, options, hasTablespaces } = this.#context
    const login = await ToolLogin.prepare(this.#besideSettings, toolbox.path)
    try {
      const call = {
        program: tool.program,
        args: [
          '--dbname=', // restore into a database, namely that of the environment: never by user text
          '--exit-on-error',
          '--no-password',
          ...(options.noOwner ? ['--no-owner', '--no-privileges'] : []),
          ...(hasTablespaces ? [] : ['--no-tablespaces']),
          ...args,
        ],
        env: { ...login.env, PGOPTIONS: sessionOptions(this.#context.server) },
        secrets: login.secrets,
      }
      const program = new Tool(call, input === undefined ? 'neither' : 'stdin', signal)
      await (input === undefined ? program.success() : program.feed(input))
      this.#warnings.push(...program.messages())
    } finally {
      await login.remove()
    }
  }

  /** A view that does not refresh is no reason to give up everything else. */
  async #refresh(signal: AbortSignal): Promise<void> {
    const views = this.#context.contents.materializedViews
    if (views.length === 0) return
    await Session.use(this.#besideSettings, signal, async session => {
      await session.rows('set the search path', "set search_path = ''") // as in pg_restore
      for (const view of views) {
        const name = `${identifier(view.schema)}.${identifier(view.name)}`
        try {
          await session.rows(`refresh ${name}`, `refresh materialized view ${name}`)
        } catch (error) {
          if (sqlState(error) === undefined) throw error
          const facts = { view: tableName(view), why: reason(error), name }
          this.#warnings.push(WARNINGS.viewLeftEmpty(facts))
        }
      }
    })
  }

  /** Owner, grants and settings of the database itself; a setting that fails is named and left out. */
  async #applyProperties(signal: AbortSignal): Promise<void> {
    const { target, options, properties } = this.#context
    const database = identifier(this.besideName)
    await onServer(target, signal, async session => {
      if (!options.noOwner) {
        const what = `give ${this.besideName} its owner and grants`
        const owner = `alter database ${database} owner to ${identifier(properties.owner)}`
        for (const sql of [owner, ...grantStatements(this.besideName, properties)]) {
          await session.rows(what, sql)
        }
      }
      for (const { role, setting, sql } of settingStatements(this.besideName, properties)) {
        try {
          await session.rows(`set ${setting}`, sql)
        } catch (error) {
          if (sqlState(error) === undefined) throw error
          this.#warnings.push(WARNINGS.settingLeftOut({ setting, role, why: reason(error) }))
        }
      }
    })
  }

  /** Drops the old database when it is still as empty as before; otherwise answers its new name. */
  async #dropEmpty(aside: string): Promise<string | undefined> {
    const { target, server } = this.#context
    const toItsEnd = new AbortController().signal
    const old = onDatabase(target, aside)
    try {
      return await onServer(target, toItsEnd, async session => {
        if ((await targetState(session, old, toItsEnd)).is !== 'empty') return aside
        await drop(session, aside, server)
        return undefined
      })
    } catch (error) {
      // The restore has succeeded: what is left of the old database is no reason to call it failed.
      this.#warnings.push(WARNINGS.emptyNotRemoved({ database: aside, why: reason(error) }))
      return aside
    }
  }
}

/**
 * What the sessions of pg_restore set for themselves. Commits need not wait for the disk: the swap's
 * commit does, and it comes after all of them.
 */
function sessionOptions({ maintenanceMemory }: Server): string {
  const kilobytes = Math.max(maintenanceMemory, INDEX_MEMORY) / 1024
  return `-c synchronous_commit=off -c maintenance_work_mem=${Math.floor(kilobytes)}kB`
}

function afterwardsOf({ database }: Settings, kept: string): Afterwards {
  const [now, old] = [identifier(database), identifier(kept)]
  const rename = (from: string, to: string) => `alter database ${from} rename to ${to}`
  return {
    drop: `drop database ${old}`,
    undo: [rename(now, identifier(nameUndone(kept))), rename(old, now)],
  }
}

async function asideName(
  session: Session,
  target: Settings,
  state: TargetState,
): Promise<string | undefined> {
  if (state.is === 'absent') return undefined
  const { now } = await session.row<{ now: string }>(
    'tell the time',
    `select to_char(now() at time zone 'UTC', 'YYYYMMDD_HH24MISS') as now`,
  )
  // A second restore within the same second finds the name taken.
  for (let again = 1; ; again += 1) {
    const name = nameAside(target.database, again === 1 ? now : `${now}_${again}`)
    if (!(await databaseExists(session, name))) return name
  }
}

function unfit(target: Settings, { encoding, collate, locale }: Properties, error: unknown) {
  const kind = `encoding ${encoding} with locale ${locale ?? collate}`
  return new TargetUnfit(
    {
      server: serverName(target),
      lacks: `${kind} (${reason(error)})`,
      hint: 'install that locale on the server and restart it, or restore to another server',
    },
    error,
  )
}
