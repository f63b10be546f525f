import { type Outline, type OutlineTable, tableName } from '../core/backup.ts'
import { bytesText, countText, plural } from './words.ts'

/** One way in which what was found is not what was backed up. */
export interface Difference {
  /** `definition`: the object is there, but its definition reads differently. */
  readonly kind: 'table' | 'sequence' | 'large objects' | 'object' | 'owner' | 'definition'
  readonly name: string
  readonly change: 'missing' | 'extra' | 'differs'
  /** What follows the name in a sentence: `has 3 rows instead of 4`. */
  readonly detail: string
}

export interface Comparison {
  readonly differences: readonly Difference[]
  /** Tables that differ in nothing but their digest: their rows may only stand in another order. */
  readonly unsettled: ReadonlySet<string>
}

/** Everything in which `found` differs from `expected`. */
export function compareOutlines(expected: Outline, found: Outline): Comparison {
  const tables = compareTables(expected, found)
  const sequences = compareSequences(expected, found)
  const gone = new Set([...tables.differences, ...sequences].filter(isWhole).map(one => one.name))
  return {
    differences: [
      ...tables.differences,
      ...sequences,
      ...compareLargeObjects(expected, found),
      ...compareObjects(expected, found, gone),
    ],
    unsettled: tables.unsettled,
  }
}

const isWhole = (difference: Difference) => difference.change !== 'differs'

const MISSING = { change: 'missing', detail: 'is missing' } as const
const EXTRA = { change: 'extra', detail: 'is not in the backup' } as const

function compareTables(expected: Outline, found: Outline) {
  const differences: Difference[] = []
  const unsettled = new Set<string>()
  for (const [name, was, is] of paired(expected.tables, found.tables, tableName)) {
    if (was === undefined) differences.push({ kind: 'table', name, ...EXTRA })
    else if (is === undefined) differences.push({ kind: 'table', name, ...MISSING })
    else if (was.sha256 !== is.sha256) {
      differences.push({ kind: 'table', name, change: 'differs', detail: tableDetail(was, is) })
      if (was.rows === is.rows && was.bytes === is.bytes) unsettled.add(name)
    }
  }
  return { differences, unsettled }
}

function tableDetail(was: OutlineTable, is: OutlineTable): string {
  return was.rows === is.rows
    ? `has as many rows (${countText(is.rows)}), but with other content`
    : `has ${plural(is.rows, 'row')} instead of ${countText(was.rows)}`
}

function compareSequences(expected: Outline, found: Outline): Difference[] {
  const differences: Difference[] = []
  for (const [name, was, is] of paired(expected.sequences, found.sequences, tableName)) {
    if (was === undefined) differences.push({ kind: 'sequence', name, ...EXTRA })
    else if (is === undefined) differences.push({ kind: 'sequence', name, ...MISSING })
    else if (was.value !== is.value) {
      const detail = `stands at ${is.value} instead of ${was.value}`
      differences.push({ kind: 'sequence', name, change: 'differs', detail })
    }
  }
  return differences
}

function compareLargeObjects(expected: Outline, found: Outline): Difference[] {
  const [was, is] = [expected.largeObjects, found.largeObjects]
  if (was.sha256 === is.sha256 && was.count === is.count) return []
  const detail =
    was.count === is.count
      ? `are as many (${was.count}), but with other content`
      : `are ${is.count} (${bytesText(is.bytes)}) instead of ${was.count} (${bytesText(was.bytes)})`
  return [{ kind: 'large objects', name: 'large objects', change: 'differs', detail }]
}

type SchemaObject = Outline['objects'][number]

/** `index shop.orders_by_day`, as people write it. */
export function objectName(object: SchemaObject): string {
  const schema = object.schema === '' ? '' : `${object.schema}.`
  return `${object.type.toLowerCase()} ${schema}${object.name}`
}

/** `reported` names the tables and sequences that are missing or extra as a whole already. */
function compareObjects(
  expected: Outline,
  found: Outline,
  reported: ReadonlySet<string>,
): Difference[] {
  const differences: Difference[] = []
  for (const [name, was, is] of paired(expected.objects, found.objects, objectName)) {
    const one = was ?? is
    if (one !== undefined && (was === undefined || is === undefined)) {
      if (reported.has(tableName(one))) continue
      differences.push({ kind: 'object', name, ...(was === undefined ? EXTRA : MISSING) })
    } else if (was !== undefined && is !== undefined) {
      if (was.sha256 !== is.sha256) {
        const detail = 'is defined differently'
        differences.push({ kind: 'definition', name, change: 'differs', detail })
      }
      if (was.owner !== is.owner) {
        const detail = `belongs to ${is.owner} instead of ${was.owner}`
        differences.push({ kind: 'owner', name, change: 'differs', detail })
      }
    }
  }
  return differences
}

/**
 * Brings together what has the same name on both sides, in the order of their names. Names that occur
 * more than once (overloaded functions of some engines) are paired in the order in which they stand.
 */
export function* paired<T>(
  before: readonly T[],
  after: readonly T[],
  nameOf: (one: T) => string,
): Generator<[name: string, before: T | undefined, after: T | undefined]> {
  const sides = new Map<string, { before: T[]; after: T[] }>()
  const side = (name: string) => {
    const known = sides.get(name) ?? { before: [], after: [] }
    sides.set(name, known)
    return known
  }
  for (const one of before) side(nameOf(one)).before.push(one)
  for (const one of after) side(nameOf(one)).after.push(one)
  const names = [...sides.keys()].sort((a, b) => (a < b ? -1 : 1))
  for (const name of names) {
    const { before, after } = side(name)
    for (let i = 0; i < Math.max(before.length, after.length); i++)
      yield [name, before[i], after[i]]
  }
}
