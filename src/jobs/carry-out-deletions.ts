import { randomUUID } from 'node:crypto'
import { audit } from '../catalog/audit.ts'
import type { Catalog } from '../catalog/db.ts'
import {
  CARRY_OUT_MS,
  type DueDeletion,
  deletionDone,
  deletionFailed,
  refuseRead,
  takeDueDeletion,
} from '../catalog/deletions.ts'
import { repositoryAccess } from '../catalog/repository-access.ts'
import { stillGoes } from '../catalog/retention-marks.ts'
import type { Vault } from '../catalog/vault.ts'
import { NoSuchBackup } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Log } from '../core/log.ts'
import { Repeat } from '../core/repeat.ts'
import { asFailure } from '../core/run.ts'
import type { Secret } from '../core/secret.ts'

export interface DeletionOptions {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly outside: {
    /** Removes a backup from its repository; the last one of its database only by force. */
    forgetBackup(
      at: { readonly url: Secret; readonly key: Secret; readonly backup: string },
      force: boolean,
      signal: AbortSignal,
    ): Promise<void>
  }
  readonly log: Log
}

/** Deletions wait for hours; a minute more does not matter. */
const EVERY_MS = 60_000

/** Carries out the deletions whose undo window is over. Any node may do it; each is done by one. */
export class DeletionCarrier {
  readonly #options: DeletionOptions
  readonly #holder = randomUUID()
  readonly #repeat: Repeat
  readonly #stop = new AbortController()

  constructor(options: DeletionOptions, everyMs = EVERY_MS) {
    this.#options = options
    this.#repeat = new Repeat(() => this.#carryOutAll(), everyMs)
  }

  start(): void {
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#repeat.stop()
  }

  async #carryOutAll(): Promise<void> {
    const { catalog, log } = this.#options
    try {
      while (!this.#stop.signal.aborted) {
        const due = await takeDueDeletion(catalog, this.#holder)
        if (due === undefined) return
        await this.#carryOut(due)
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look for backups to delete')
    }
  }

  async #carryOut(due: DueDeletion): Promise<void> {
    const { catalog, log } = this.#options
    const about = { backup: due.id, repository: due.repository }
    try {
      if (due.byRule && !(await this.#stillGoes(due))) return
      await this.#forget(due)
    } catch (error) {
      log.warn({ ...about, err: error }, `backup ${shortId(due.id)} could not be deleted`)
      await deletionFailed(catalog, due, this.#holder, asFailure(error))
      return
    }
    await catalog.transaction(async sql => {
      await deletionDone(sql, due)
      await audit(sql, {
        actor: 'server',
        action: 'backup.deleted',
        objectKind: 'backup',
        objectId: due.id,
        objectName: due.sourceLabel,
        details: { repository: due.repository, askedBy: due.askedBy },
      })
    })
    log.info(about, `backup ${shortId(due.id)} is deleted, as ${due.askedBy} asked`)
  }

  /** A lot may have happened since a rule marked it: the newer ones may be gone. */
  async #stillGoes(due: DueDeletion): Promise<boolean> {
    return await this.#options.catalog.transaction(sql => stillGoes(sql, due, this.#holder))
  }

  async #forget(due: DueDeletion): Promise<void> {
    const { catalog, vault, outside } = this.#options
    await refuseRead(catalog, due)
    const place = { id: due.repositoryId, name: due.repository }
    const access = await repositoryAccess(catalog, vault, place)
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(CARRY_OUT_MS)])
    try {
      await outside.forgetBackup({ ...access, backup: due.id }, due.force, signal)
    } catch (error) {
      // Done before, by a node that died over it or by somebody at a terminal.
      if (!(error instanceof NoSuchBackup)) throw error
    }
  }
}
