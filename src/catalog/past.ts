import type { Sql } from './db.ts'

/** Statistics are asked for in a few ways, each by many. */
const MOST_ANSWERS = 100
/** A year told day by day has half as many; what is longer is rare, and would take much memory. */
const MOST_ROWS = 2_000

/** Answers of statements, until they are forgotten: for what is over, and changes only where more is over. */
export class Past implements Sql {
  readonly #sql: Sql
  readonly #answers = new Map<string, Promise<readonly object[]>>()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** The rows are everybody's, so nobody may change them. */
  async query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const question = JSON.stringify([text, values])
    const answer = this.#answers.get(question) ?? this.#ask(text, values)
    // Those asked for last are at the end, and stay longest.
    this.#answers.delete(question)
    this.#answers.set(question, answer)
    const [oldest] = this.#answers.keys()
    if (oldest !== undefined && this.#answers.size > MOST_ANSWERS) this.#answers.delete(oldest)
    const forget = () => {
      if (this.#answers.get(question) === answer) this.#answers.delete(question)
    }
    answer.then(rows => rows.length > MOST_ROWS && forget(), forget)
    return (await answer) as Row[]
  }

  forgetAll(): void {
    this.#answers.clear()
  }

  async #ask(text: string, values: readonly unknown[]): Promise<readonly object[]> {
    const rows = await this.#sql.query(text, values)
    for (const row of rows) Object.freeze(row)
    return Object.freeze(rows)
  }
}
