import type { Catalog } from '../catalog/db.ts'
import { beginLook, dueLooks, endLook, type ToLookAt } from '../catalog/reach.ts'
import { repositoryAccess } from '../catalog/repository-access.ts'
import type { Vault } from '../catalog/vault.ts'
import { waiting } from '../core/abort.ts'
import { StorageUnreachable } from '../core/faults.ts'
import type { Log } from '../core/log.ts'
import { Repeat } from '../core/repeat.ts'
import { asFailure, type Failure } from '../core/run.ts'
import type { Secret } from '../core/secret.ts'

export interface ReachKeeperOptions {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly outside: {
    /** Reads what a repository says of itself; throws where it is not the one of that id. */
    findRepository(url: Secret, repository: string, signal: AbortSignal): Promise<void>
  }
  readonly log: Log
  /** How long a look may take. */
  readonly patienceMs?: number
}

/** Far more often than a look is due: a run that met no repository has one due at once. */
const EVERY_MS = 5_000
const PATIENCE_MS = 20_000
/**
 * A file system that hangs holds one of the four threads by which Node reads files, and gives it back when it
 * pleases: with so many of them held, this node looks at nothing more.
 */
const MOST_HANGING = 2

/** Looks every few minutes whether each repository can be reached, on one node each, and says when that changes. */
export class ReachKeeper {
  readonly #options: ReachKeeperOptions
  readonly #stopping = new AbortController()
  readonly #repeat: Repeat
  /** Looks that have not ended, though nobody waits for them any more. */
  readonly #hanging = new Set<string>()

  constructor(options: ReachKeeperOptions) {
    this.#options = options
    this.#repeat = new Repeat(() => this.lookAtDue(), EVERY_MS)
  }

  start(): void {
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#repeat.stop()
  }

  /** Looks at every repository at which nobody has looked for a while. */
  async lookAtDue(): Promise<void> {
    const { catalog, log } = this.#options
    try {
      for (const one of await dueLooks(catalog)) {
        if (this.#stopping.signal.aborted || this.#hanging.size >= MOST_HANGING) return
        if (this.#hanging.has(one.id) || !(await beginLook(catalog, one.id))) continue
        await this.#look(one).catch((error: unknown) =>
          log.debug({ repository: one.name, err: error }, 'could not look at a repository'),
        )
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look whether repositories can be reached')
    }
  }

  async #look(one: ToLookAt): Promise<void> {
    const { catalog, vault, log } = this.#options
    const { url } = await repositoryAccess(catalog, vault, one)
    const failure = await this.#failureOf(one, url)
    if (this.#stopping.signal.aborted) return
    if (!(await endLook(catalog, one.id, failure))) return
    const about = { repository: one.name, place: one.place }
    if (failure === undefined) log.info(about, 'the repository can be reached again')
    else log.warn(about, `the repository cannot be reached: ${failure.message}`)
  }

  async #failureOf(one: ToLookAt, url: Secret): Promise<Failure | undefined> {
    const { outside, patienceMs = PATIENCE_MS } = this.#options
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(tooLate(one, patienceMs)), patienceMs)
    const signal = AbortSignal.any([late.signal, this.#stopping.signal])
    const looking = outside.findRepository(url, one.repository, signal)
    this.#hanging.add(one.id)
    const ended = () => this.#hanging.delete(one.id)
    looking.then(ended, ended)
    try {
      await waiting(`look at ${one.place}`, looking, signal)
      return undefined
    } catch (error) {
      return asFailure(error)
    } finally {
      clearTimeout(timer)
    }
  }
}

const tooLate = ({ place }: ToLookAt, ms: number) =>
  new StorageUnreachable({
    place,
    what: 'read what the repository says of itself',
    why: `nothing came for ${Math.round(ms / 1000)} seconds; does its file system hang?`,
  })
