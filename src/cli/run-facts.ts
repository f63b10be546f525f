import type { Run } from '../api/schema/runs.ts'
import { shortId } from '../core/ids.ts'
import { bytesText, plural } from '../operations/words.ts'
import { printable } from './terminal/text.ts'

type Result = NonNullable<Run['result']>

interface Kept {
  readonly kept?: string | undefined
  readonly afterwards?: { readonly undo: readonly string[] } | undefined
}

/** More of them are in `--json`. */
const MOST_NAMED = 10

/** What a run did and found, in lines for people. */
export function factsOf({ kind, result, state }: Run): string[] {
  if (result === null) return []
  const backup = result.backup === undefined ? [] : [`  backup  ${shortId(result.backup)}`]
  switch (kind) {
    case 'backup':
      return [...backup, ...contentLine('holds', result)]
    case 'restore':
      return [...backup, ...restoreLines(result), ...contentLine('proven', result)]
    case 'verify': {
      const equal = state === 'completed' ? contentLine('equal', result) : []
      return [
        ...backup,
        ...equal,
        ...named(result.differences ?? [], one => `${one.name} ${one.detail}`),
      ]
    }
    case 'check':
      return [
        ...checkLine(result),
        ...named(result.problems ?? [], one => `${one.object}: ${one.why}`),
      ]
  }
  return kind satisfies never
}

function contentLine(name: string, { tables, rows, bytes, storedBytes }: Result): string[] {
  const parts = [
    tables === undefined ? '' : plural(tables, 'table'),
    rows === undefined ? '' : plural(rows, 'row'),
    bytes === undefined ? '' : `${bytesText(bytes)} of dump`,
    storedBytes === undefined ? '' : `${bytesText(storedBytes)} stored`,
  ].filter(part => part !== '')
  return parts.length === 0 ? [] : [`  ${name.padEnd(7)} ${parts.join(', ')}`]
}

function restoreLines({ database, kept, afterwards }: Result): string[] {
  return [
    ...(database === undefined ? [] : [`  into    ${printable(database)}`]),
    ...keptLines({ kept, afterwards }),
  ]
}

/** What became of the database that was replaced, and what puts it back. */
export function keptLines({ kept, afterwards }: Kept): string[] {
  if (kept === undefined) return []
  return [
    `  kept    the database that was there is now ${printable(kept)}; drop it when all is well`,
    ...(afterwards?.undo ?? []).map(
      (one, at) => `  ${at === 0 ? 'undo' : '    '}    ${printable(one)};`,
    ),
  ]
}

function checkLine({ backups = 0, packs = 0, chunks = 0, bytes = 0, readData }: Result): string[] {
  const all = [
    plural(backups, 'backup'),
    plural(packs, 'pack'),
    plural(chunks, 'chunk'),
    bytesText(bytes),
  ].join(', ')
  return [`  looked  at ${all}; ${readData ? 'every byte was read' : 'nothing of it was read'}`]
}

function named<One>(all: readonly One[], text: (one: One) => string): string[] {
  const more = all.length - MOST_NAMED
  return [
    ...all.slice(0, MOST_NAMED).map(one => `          ${printable(text(one))}`),
    ...(more > 0 ? [`          and ${more} more; --json has them`] : []),
  ]
}
