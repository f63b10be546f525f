import { Shared } from '../core/shared.ts'
import { type Position, readTouched, type Touched } from './changes.ts'
import type { Sql } from './db.ts'
import { Known } from './known.ts'
import { Past } from './past.ts'
import { type Days, Marks, sourceMarks } from './strips.ts'
import {
  expectationOf,
  type SourceFacts,
  type SourceStanding,
  scheduledSources,
  sourceFacts,
  standingOf,
} from './summary.ts'

/** People look at the same days in a few time zones. */
const MOST_VIEWS = 8

/**
 * What was read of a catalog before, and is read again only where the log of changes says that it has changed: of 200
 * sources one has, and dashboards ask for all of them. A question about it begins with {@link upToDate}.
 */
export class CatalogMemory {
  /** For statements about runs that are over, and nothing else. */
  readonly past: Past
  readonly #sql: Sql
  readonly #reading = new Shared<Date>()
  readonly #facts = new Known<SourceFacts>()
  /** By time zone and number of days; those last asked for at the end. */
  readonly #strips = new Map<string, Known<string>>()
  #position: Position | undefined

  constructor(sql: Sql) {
    this.#sql = sql
    this.past = new Past(sql)
  }

  /** Forgets what has changed up to this moment; answers the catalog's time. */
  async upToDate(): Promise<Date> {
    return await this.#reading.ask('changes', async () => {
      const { now, position, touched } = await readTouched(this.#sql, this.#position)
      this.#position = position
      for (const change of touched ?? [EVERYTHING]) this.#forget(change)
      return now
    })
  }

  /** How every source stands, by name. */
  async standings(): Promise<SourceStanding[]> {
    const scheduled = await scheduledSources(this.#sql)
    const wanted = new Map(scheduled.map(({ id }) => [id, '']))
    const facts = await this.#facts.ask(wanted, ids => sourceFacts(this.#sql, ids))
    return scheduled.map(one => standingOf(one, facts.get(one.id)))
  }

  /** What became of the backups of sources on each of these days: a digit a day. */
  async strips(
    days: Days,
    timeZone: string,
    standings: readonly SourceStanding[],
  ): Promise<ReadonlyMap<string, string>> {
    const expected = new Map(standings.map(one => [one.id, expectationOf(one)]))
    const basis = `${days.first} ${days.now}`
    const wanted = new Map(
      [...expected].map(([id, expectation]) => [id, `${basis} ${JSON.stringify(expectation)}`]),
    )
    return await this.#view(`${timeZone} ${days.count}`).ask(wanted, async ids => {
      const marks = await sourceMarks(this.#sql, days, ids)
      const strip = (id: string) => (marks.get(id) ?? new Marks(days)).strip(expected.get(id))
      return new Map(ids.map(id => [id, strip(id)]))
    })
  }

  #view(name: string): Known<string> {
    const view = this.#strips.get(name) ?? new Known<string>()
    this.#strips.delete(name)
    this.#strips.set(name, view)
    const [oldest] = this.#strips.keys()
    if (oldest !== undefined && this.#strips.size > MOST_VIEWS) this.#strips.delete(oldest)
    return view
  }

  #forget({ isEnd, sources }: Touched): void {
    if (isEnd) this.past.forgetAll()
    for (const known of [this.#facts, ...this.#strips.values()]) {
      if (sources === 'all') known.forgetAll()
      else for (const source of sources) known.forget(source)
    }
  }
}

const EVERYTHING: Touched = { isEnd: true, sources: 'all' }
