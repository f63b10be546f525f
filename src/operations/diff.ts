import { type Outline, type OutlineTable, tableName } from '../core/backup.ts'
import { objectName, paired } from './compare.ts'

/** What became of one table between two backups. */
export interface TableChange {
  readonly name: string
  readonly change: 'added' | 'gone' | 'changed' | 'same'
  readonly before: Pick<OutlineTable, 'rows' | 'bytes' | 'sha256'> | undefined
  readonly after: Pick<OutlineTable, 'rows' | 'bytes' | 'sha256'> | undefined
}

export interface ObjectChange {
  readonly name: string
  readonly change: 'added' | 'gone' | 'changed'
}

export interface SequenceChange {
  readonly name: string
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface Diff {
  /** Every table of either backup, unchanged ones too. */
  readonly tables: readonly TableChange[]
  readonly objects: readonly ObjectChange[]
  /** Sequences that moved, came or went. */
  readonly sequences: readonly SequenceChange[]
  readonly largeObjects: {
    readonly change: 'changed' | 'same'
    readonly before: { readonly count: number; readonly bytes: number }
    readonly after: { readonly count: number; readonly bytes: number }
  }
}

/** What changed from one backup to another, from their outlines alone. */
export function diff(before: Outline, after: Outline): Diff {
  const [were, are] = [before.largeObjects, after.largeObjects]
  return {
    tables: [...paired(before.tables, after.tables, tableName)].map(tableChange),
    objects: [...objectChanges(before, after)],
    sequences: [...paired(before.sequences, after.sequences, tableName)]
      .map(([name, was, is]) => ({ name, before: was?.value, after: is?.value }))
      .filter(one => one.before !== one.after),
    largeObjects: {
      change: were.count === are.count && were.sha256 === are.sha256 ? 'same' : 'changed',
      before: { count: were.count, bytes: were.bytes },
      after: { count: are.count, bytes: are.bytes },
    },
  }
}

function tableChange([name, was, is]: [
  string,
  OutlineTable | undefined,
  OutlineTable | undefined,
]): TableChange {
  const facts = (table: OutlineTable | undefined) =>
    table && { rows: table.rows, bytes: table.bytes, sha256: table.sha256 }
  const change = changeOf(was, is) ?? 'same'
  return { name, change, before: facts(was), after: facts(is) }
}

function* objectChanges(before: Outline, after: Outline): Generator<ObjectChange> {
  for (const [name, was, is] of paired(before.objects, after.objects, objectName)) {
    const change = changeOf(was, is)
    if (change !== undefined) yield { name, change }
  }
}

function changeOf(
  was: { sha256: string; owner?: string } | undefined,
  is: { sha256: string; owner?: string } | undefined,
): 'added' | 'gone' | 'changed' | undefined {
  if (was === undefined) return 'added'
  if (is === undefined) return 'gone'
  return was.sha256 === is.sha256 && was.owner === is.owner ? undefined : 'changed'
}
