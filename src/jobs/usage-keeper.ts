import type { Catalog } from '../catalog/db.ts'
import { repositoryAccess } from '../catalog/repository-access.ts'
import { beginMeasuring, endMeasuring, type Usage, unmeasured } from '../catalog/usage.ts'
import type { Vault } from '../catalog/vault.ts'
import type { Log } from '../core/log.ts'
import { Repeat } from '../core/repeat.ts'
import type { Secret } from '../core/secret.ts'

export interface UsageKeeperOptions {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly outside: {
    measureRepository(url: Secret, key: Secret, signal: AbortSignal): Promise<Usage>
  }
  readonly log: Log
}

const EVERY_MS = 30_000

/** Measures repositories some time after a backup came into them, one after the other, on one node each. */
export class UsageKeeper {
  readonly #options: UsageKeeperOptions
  readonly #stopping = new AbortController()
  readonly #repeat: Repeat

  constructor(options: UsageKeeperOptions) {
    this.#options = options
    this.#repeat = new Repeat(() => this.#round(), EVERY_MS)
  }

  start(): void {
    this.#repeat.start()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#repeat.stop()
  }

  async #round(): Promise<void> {
    const { catalog, log } = this.#options
    try {
      for (const one of await unmeasured(catalog)) {
        if (this.#stopping.signal.aborted) return
        await this.#measure(one).catch((error: unknown) =>
          log.debug({ repository: one.name, err: error }, 'could not measure a repository'),
        )
      }
    } catch (error) {
      log.warn({ err: error }, 'could not look for repositories to measure')
    }
  }

  async #measure(one: { readonly id: string; readonly name: string }): Promise<void> {
    const { catalog, vault, outside } = this.#options
    if (!(await beginMeasuring(catalog, one.id))) return
    let usage: Usage | undefined
    try {
      const { url, key } = await repositoryAccess(catalog, vault, one)
      usage = await outside.measureRepository(url, key, this.#stopping.signal)
    } finally {
      await endMeasuring(catalog, one.id, usage)
    }
  }
}
