import type { FastifyRequest } from 'fastify'
import type { Sql } from '../catalog/db.ts'
import type { Caller } from '../core/access.ts'
import { Shared } from '../core/shared.ts'
import { admit, type Door, type Shown } from './admission.ts'
import type { Budgets } from './budget.ts'

/** Finds out who sends a request, and takes it from their budget. */
export class Reception {
  readonly #catalog: Sql
  readonly #door: Door
  readonly #budgets: Budgets
  /** What a caller shows is looked up for all of their requests that come in meanwhile. */
  readonly #lookingUp = new Shared<Caller>()

  constructor(catalog: Sql, door: Door, budgets: Budgets) {
    this.#catalog = catalog
    this.#door = door
    this.#budgets = budgets
  }

  /** Throws KeyRequired where something is shown that does not hold, and TooManyRequests. */
  async receive(request: FastifyRequest): Promise<Caller> {
    const { headers, ip: address } = request
    return await this.letIn({ headers, address, isSecure: isSecure(request) })
  }

  /** The same for what is no request of Fastify's. */
  async letIn(shown: Shown): Promise<Caller> {
    const { authorization, cookie } = shown.headers
    const name = JSON.stringify([
      authorization ?? null,
      cookie ?? null,
      shown.address,
      shown.isSecure,
    ])
    const looked = this.#lookingUp.ask(name, () => admit(this.#catalog, this.#door, shown))
    const caller = await looked.catch((error: unknown) => {
      this.#budgets.spendRefused(shown.address)
      throw error
    })
    this.#budgets.spend(caller)
    return caller
  }
}

/** Whether nobody can read along between the browser and us, as far as that is known. */
export const isSecure = ({ protocol }: FastifyRequest): boolean => protocol === 'https'
