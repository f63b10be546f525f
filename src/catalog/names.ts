import { NameAmbiguous, NameTaken, NotFound } from '../core/faults.ts'
import { type Sql, sqlState } from './db.ts'

/** A thing that people call by its name, or by its id or the beginning of it. */
interface Named {
  readonly id: string
  readonly name: string
}

/** How many digits of an id name a thing at least; fewer are a typing mistake. */
const FEWEST_DIGITS = 4
const UNIQUE_VIOLATION = '23505'

/** Whether what was found may be removed before the transaction ends. */
export type Hold = 'for share' | 'for update' | ''

/** The `where` of a look-up, for `$1` as {@link findNamed} passes it. */
export const CALLED = `(lower(name) = lower($1) or id::text like $2)`

/**
 * The one row that `name` means: its name goes before an id that happens to begin so.
 * `select` answers the rows that fit {@link CALLED}; `more` is its `$3` …. Throws NotFound, NameAmbiguous.
 */
export async function findNamed<Row extends Named>(
  sql: Sql,
  kind: string,
  name: string,
  select: string,
  more: readonly unknown[] = [],
): Promise<Row> {
  const rows = await sql.query<Row>(select, [name, idPattern(name), ...more])
  const called = rows.filter(row => row.name.toLowerCase() === name.toLowerCase())
  const [row, ...others] = called.length > 0 ? called : rows
  if (row === undefined) throw new NotFound({ kind, name })
  if (others.length > 0) throw new NameAmbiguous({ kind, name, count: others.length + 1 })
  return row
}

/**
 * The same among all that there ever was, for looking back: of several that had a name, the one that is there
 * still, else the one that was removed last. `select` answers those first.
 */
export async function findNamedEver<Row extends Named>(
  sql: Sql,
  kind: string,
  name: string,
  select: string,
): Promise<Row> {
  const rows = await sql.query<Row>(select, [name, idPattern(name)])
  const called = rows.find(row => row.name.toLowerCase() === name.toLowerCase())
  if (called === undefined && rows.length > 1) {
    throw new NameAmbiguous({ kind, name, count: rows.length })
  }
  const row = called ?? rows[0]
  if (row === undefined) throw new NotFound({ kind, name })
  return row
}

/** A pattern for the ids that begin with `text`; one that fits none where it is no beginning of an id. */
export const idPattern = (text: string): string =>
  new RegExp(`^[0-9a-f-]{${FEWEST_DIGITS},36}$`, 'i').test(text) ? `${text.toLowerCase()}%` : ''

/** Runs an insert whose unique index on the name may refuse it. */
export async function insertNamed<T>(kind: string, name: string, insert: Promise<T>): Promise<T> {
  try {
    return await insert
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw new NameTaken({ kind, name }, error)
    throw error
  }
}
