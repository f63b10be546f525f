import type { Catalog } from '../catalog/db.ts'
import { unlisted } from '../catalog/listings.ts'
import { type Shelf, takeDueShelf } from '../catalog/retention.ts'
import { applyRules } from '../catalog/retention-marks.ts'
import { Repeat } from '../core/repeat.ts'
import { type AdoptOptions, adoptFrom } from './adopt-backups.ts'

/** Backups wait for hours until they are deleted; so long after a backup nothing is lost. */
const EVERY_MS = 15_000

/**
 * Applies the rules that say which backups stay, after each backup and every hour. Any node may do it: rules
 * that are applied twice do no more than once.
 */
export class RetentionKeeper {
  readonly #options: AdoptOptions
  readonly #stopping = new AbortController()
  readonly #repeat: Repeat

  constructor(options: AdoptOptions, everyMs = EVERY_MS) {
    this.#options = options
    this.#repeat = new Repeat(() => this.applyDue(), everyMs)
  }

  start(): void {
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#repeat.stop()
  }

  /** Applies what is due at this moment. */
  async applyDue(): Promise<void> {
    const { catalog, log } = this.#options
    try {
      await this.#listAgain(catalog)
      while (!this.#stopping.signal.aborted) {
        const shelf = await takeDueShelf(catalog)
        if (shelf === undefined) return
        await this.#apply(catalog, shelf)
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look for rules to apply to backups')
    }
  }

  /** A repository that could not be listed holds its rules back; nobody may come to refresh it. */
  async #listAgain(catalog: Catalog): Promise<void> {
    const { signal } = this.#stopping
    for (const one of await unlisted(catalog)) {
      if (signal.aborted) return
      await adoptFrom(this.#options, one, signal).catch((error: unknown) =>
        this.#options.log.debug({ repository: one.name, err: error }, 'could not list backups'),
      )
    }
  }

  async #apply(catalog: Catalog, shelf: Shelf): Promise<void> {
    const { log } = this.#options
    try {
      const { marked, takenBack, heldBack } = await applyRules(
        catalog,
        shelf,
        this.#stopping.signal,
      )
      if (heldBack !== undefined) log.debug({ ...shelf }, `no backup goes by rule: ${heldBack}`)
      if (marked + takenBack === 0) return
      log.info({ ...shelf, marked, takenBack }, 'rules have marked backups for deletion')
    } catch (error) {
      log.warn({ ...shelf, err: error }, 'the rules for these backups could not be applied')
    }
  }
}
