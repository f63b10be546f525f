import { rm } from 'node:fs/promises'
import { DUMP } from '../../core/backup.ts'
import { Fault } from '../../core/fault.ts'
import { Interrupted } from '../../core/faults.ts'
import { type PreflightCheck, type PreflightCheckName, UNSEEN } from '../../core/preflight.ts'
import { probeFault } from '../../core/probe-faults.ts'
import { scratchDirectory } from '../../stream/scratch.ts'
import type { Inspection, RestorableBackup, RestoreOptions } from '../engine.ts'
import type { Session } from './client.ts'
import { type Both, FITNESS, superuserExtensions } from './fitness.ts'
import { freeBytes, type LiveFacts, liveFacts } from './live-facts.ts'
import { liveTables } from './live-rows.ts'
import { type Contents, readContents } from './needs.ts'
import { propertiesOf } from './properties.ts'
import type { Place } from './restore.ts'
import { type Server, serverOf } from './server.ts'
import { databaseName, nameAside, serverName } from './settings.ts'
import {
  openMaintenance,
  refuseForeignTarget,
  refuseInUse,
  refuseOccupied,
  type TargetState,
  targetState,
  usersOf,
} from './target.ts'
import { type FoundTool, majorOf } from './tools.ts'

type Found = Pick<PreflightCheck, 'outcome' | 'message'> & { readonly hint?: string }

const ok = (message: string): Found => ({ outcome: 'ok', message })

/** What stands in the way of a restore; all else ends the look. */
const isTold = (error: unknown): error is Fault =>
  error instanceof Fault && !(error instanceof Interrupted)

/** Looks at everything that `prepareRestore` checks, and goes on where that would throw. */
export async function inspectTarget(
  place: Place,
  backup: RestorableBackup,
  options: RestoreOptions,
  signal: AbortSignal,
): Promise<Inspection> {
  const contents = await contentsOf(backup)
  const look = new Look(place, backup, { options, contents, signal })
  return await look.around()
}

/** What the dump's table of contents tells; its files are not needed to look only. */
async function contentsOf(backup: RestorableBackup): Promise<Contents> {
  const directory = await scratchDirectory()
  try {
    return await readContents(backup.stream(DUMP), directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

interface Task {
  readonly options: RestoreOptions
  readonly contents: Contents
  readonly signal: AbortSignal
}

/** One look around; every step notes a check. */
class Look {
  readonly #place: Place
  readonly #backup: RestorableBackup
  readonly #task: Task
  readonly #checks: PreflightCheck[] = []

  constructor(place: Place, backup: RestorableBackup, task: Task) {
    this.#place = place
    this.#backup = backup
    this.#task = task
  }

  async around(): Promise<Inspection> {
    const { target } = this.#place
    const tool = await this.#tool()
    const session = await this.#check('login', this.#logIn(), ({ exposure }) =>
      exposure === undefined
        ? ok(`${serverName(target)} lets ${target.user} in`)
        : { outcome: 'warning', message: exposure },
    )
    const checks = this.#checks
    if (session === undefined) {
      return { target: UNSEEN, keptAs: undefined, checks, tables: undefined, freeBytes: undefined }
    }
    try {
      return await this.#within(session, tool)
    } finally {
      await session.close()
    }
  }

  async #within(session: Session, tool: FoundTool | undefined): Promise<Inspection> {
    const { target } = this.#place
    const { options, signal } = this.#task
    const server = await this.#check('rights', serverOf(session))
    const state = await this.#check('target', this.#state(session), one => this.#tellTarget(one))
    if (state !== undefined && state.is !== 'absent') await this.#connections(session)
    if (server !== undefined) await this.#fitness(session, server, tool)
    const about = await this.#quietly(liveFacts(session, target))
    const isReplaced = options.replace && state?.is === 'occupied'
    const tables =
      state === undefined || state.is === 'absent'
        ? []
        : await this.#quietly(liveTables(target, signal))
    return {
      target: targetFacts(server, state, { about, tables: tables?.length }),
      keptAs: isReplaced ? nameAside(target.database, 'YYYYMMDD_HHMMSS') : undefined,
      checks: this.#checks,
      tables: isReplaced ? tables : undefined,
      freeBytes: await this.#quietly(freeBytes(session)),
    }
  }

  async #tool(): Promise<FoundTool | undefined> {
    const { facts } = this.#backup
    const least = majorOf(facts.tool.replace(/^\D*/, ''))
    const found = this.#place.toolbox.find('pg_restore', least, this.#task.signal)
    return await this.#check('versions', found)
  }

  async #logIn(): Promise<Session> {
    const { target } = this.#place
    try {
      return await openMaintenance(target, this.#task.signal)
    } catch (error) {
      // Whoever may have only some addresses connected to is told no more than that it was none of a database.
      throw target.reach === undefined ? error : probeFault(error)
    }
  }

  /** What the target is, where a restore may take its place. */
  async #state(session: Session): Promise<TargetState> {
    const { target } = this.#place
    const state = await targetState(session, target, this.#task.signal)
    if (state.is !== 'absent') await refuseForeignTarget(session, target)
    return state
  }

  #tellTarget(state: TargetState): Found {
    const { target } = this.#place
    const name = databaseName(target)
    if (state.is === 'absent') return ok(`database ${name} does not exist yet, and would be made`)
    if (state.is === 'empty') return ok(`database ${name} is empty, and would be made anew`)
    if (!this.#task.options.replace) refuseOccupied(target, state)
    return ok(
      `database ${name} (${state.found}) would be kept under another name once the restored one is proven`,
    )
  }

  async #connections(session: Session): Promise<void> {
    const { target } = this.#place
    const { disconnect } = this.#task.options
    const look = disconnect
      ? usersOf(session, target)
      : refuseInUse(session, target).then(() => undefined)
    await this.#check('connections', look, by =>
      by === undefined
        ? ok(`nobody is connected to ${databaseName(target)}`)
        : { outcome: 'warning', message: `these connections would be ended: ${by}` },
    )
  }

  async #fitness(session: Session, server: Server, tool: FoundTool | undefined): Promise<void> {
    const { target } = this.#place
    const { options, contents } = this.#task
    const properties = propertiesOf(this.#backup.facts.properties)
    const both: Both = { target, server, properties, contents, options, backup: this.#backup }
    const { versions, ...others } = FITNESS
    // Where there is none, that has been told.
    if (tool !== undefined) this.#note('versions', versions(session, { ...both, tool }))
    for (const [name, check] of Object.entries(others)) {
      const met = Promise.try(() => check(session, both))
      await this.#check(name as keyof typeof others, met, found => found)
    }
    await this.#check('superuser', this.#superuser(session, server), found => found)
  }

  /** What servers as they come from their makers leave to superusers; services may have widened it. */
  async #superuser(session: Session, { isSuperuser }: Server): Promise<Found> {
    const { contents } = this.#task
    const { user } = this.#place.target
    if (isSuperuser) return ok(`${user} is a superuser`)
    const extensions = await superuserExtensions(session, { contents })
    const takes = [
      ...(contents.lists.eventTriggers === undefined ? [] : ['event triggers']),
      ...(contents.subscriptions.length === 0 ? [] : ['subscriptions']),
      ...extensions.map(name => `extension ${name}`),
    ]
    if (takes.length === 0) return ok('nothing in the backup takes a superuser')
    return {
      outcome: 'warning',
      message: `${user} is no superuser, and most servers make only for one: ${takes.join(', ')}`,
      hint: 'if the restore is refused for it, use the login of a superuser',
    }
  }

  /** What a step found; notes what `tell` says of it, or the fault it met. */
  async #check<T>(
    name: PreflightCheckName,
    step: Promise<T>,
    tell?: (found: T) => Found,
  ): Promise<T | undefined> {
    try {
      const found = await step
      try {
        if (tell !== undefined) this.#note(name, tell(found))
      } catch (error) {
        this.#problem(name, error)
      }
      return found
    } catch (error) {
      this.#problem(name, error)
      return undefined
    }
  }

  #note(name: PreflightCheckName, { hint, ...found }: Found): void {
    this.#checks.push({ name, ...found, hint: hint ?? null })
  }

  #problem(name: PreflightCheckName, error: unknown): void {
    if (!isTold(error)) throw error
    this.#note(name, { outcome: 'problem', message: error.message, hint: error.hint })
  }

  /** What is good to know, and no reason to end where it cannot be told. */
  async #quietly<T>(look: Promise<T>): Promise<T | undefined> {
    try {
      return await look
    } catch (error) {
      if (!isTold(error)) throw error
      return undefined
    }
  }
}

function targetFacts(
  server: Server | undefined,
  state: TargetState | undefined,
  live: { readonly about: LiveFacts | undefined; readonly tables: number | undefined },
): Inspection['target'] {
  return {
    server: server?.version ?? null,
    exists: state === undefined ? null : state.is !== 'absent',
    empty: state === undefined ? null : state.is !== 'occupied',
    bytes: live.about?.bytes ?? null,
    tables: live.tables ?? null,
    owner: live.about?.owner ?? null,
  }
}
