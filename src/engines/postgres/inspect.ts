import { rm } from 'node:fs/promises'
import { DUMP } from '../../core/backup.ts'
import { Fault } from '../../core/fault.ts'
import { Interrupted } from '../../core/faults.ts'
import {
  type Finding,
  found,
  foundFault,
  type PreflightCheck,
  type PreflightCheckName,
  UNSEEN,
} from '../../core/preflight.ts'
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
  connectionsTo,
  openMaintenance,
  refuseForeignTarget,
  refuseInUse,
  refuseOccupied,
  type TargetState,
  targetState,
} from './target.ts'
import { type FoundTool, majorOf } from './tools.ts'

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
    const accepted = { server: serverName(target), user: target.user }
    const session = await this.#check(
      'login',
      this.#logIn(),
      ({ exposure }) => exposure ?? found('ok', 'LOGIN_ACCEPTED', accepted),
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

  #tellTarget(state: TargetState): Finding {
    const { target } = this.#place
    const database = databaseName(target)
    if (state.is === 'absent') return found('ok', 'TARGET_ABSENT', { database })
    if (state.is === 'empty') return found('ok', 'TARGET_EMPTY', { database })
    if (!this.#task.options.replace) refuseOccupied(target, state)
    return found('ok', 'TARGET_KEPT', { database, objects: state.objects })
  }

  async #connections(session: Session): Promise<void> {
    const { target } = this.#place
    const { disconnect } = this.#task.options
    const look = disconnect
      ? connectionsTo(session, target)
      : refuseInUse(session, target).then(() => [])
    await this.#check('connections', look, connections =>
      connections.length === 0
        ? found('ok', 'NOBODY_CONNECTED', { database: databaseName(target) })
        : found('warning', 'CONNECTIONS_ENDED', { connections }),
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
      await this.#check(name as keyof typeof others, met, one => one)
    }
    await this.#check('superuser', this.#superuser(session, server), one => one)
  }

  /** What servers as they come from their makers leave to superusers; services may have widened it. */
  async #superuser(session: Session, { isSuperuser }: Server): Promise<Finding> {
    const { contents } = this.#task
    const { user } = this.#place.target
    if (isSuperuser) return found('ok', 'IS_SUPERUSER', { user })
    const extensions = await superuserExtensions(session, { contents })
    const eventTriggers = contents.lists.eventTriggers !== undefined
    const subscriptions = contents.subscriptions.length > 0
    return eventTriggers || subscriptions || extensions.length > 0
      ? found('warning', 'SUPERUSER_NEEDED', { user, eventTriggers, subscriptions, extensions })
      : found('ok', 'NO_SUPERUSER_NEEDED')
  }

  /** What a step found; notes what `tell` says of it, or the fault it met. */
  async #check<T>(
    name: PreflightCheckName,
    step: Promise<T>,
    tell?: (met: T) => Finding,
  ): Promise<T | undefined> {
    try {
      const met = await step
      try {
        if (tell !== undefined) this.#note(name, tell(met))
      } catch (error) {
        this.#problem(name, error)
      }
      return met
    } catch (error) {
      this.#problem(name, error)
      return undefined
    }
  }

  #note(name: PreflightCheckName, finding: Finding): void {
    this.#checks.push({ name, ...finding })
  }

  #problem(name: PreflightCheckName, error: unknown): void {
    if (!isTold(error)) throw error
    this.#note(name, foundFault(error))
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
