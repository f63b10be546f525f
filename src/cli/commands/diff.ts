import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import { type Diff, diff, type ObjectChange, type TableChange } from '../../operations/diff.ts'
import { findBackup } from '../../operations/find.ts'
import { outlineOfBackup } from '../../operations/outline.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument } from '../documents.ts'
import type { Style } from '../terminal/style.ts'
import { type Column, renderTable } from '../terminal/table.ts'

const about = {
  summary: 'show what changed between two backups',
  description:
    'Compares two backups from their records alone, without reading their data: tables that came, went or ' +
    'changed, with rows and bytes before and after, and every other object of the schema.',
  examples: [
    ['diff 4f2a91c0 latest', 'what changed since that backup?'],
    ['diff 4f2a91c0 latest --json | jq \'.tables[] | select(.change != "same")\'', 'for a script'],
  ],
  exits: { 0: 'compared, whether or not anything changed', 14: 'no such backup' },
  seeAlso: ['verify', 'show', 'list'],
} as const

export function diffCommand(context: Context): Command {
  return repositoryCommand('diff', about)
    .argument(
      '<before>',
      'the older backup: an id, the beginning of one, latest, or latest:DATABASE',
    )
    .argument('<after>', 'the newer backup')
    .action(async (older: string, newer: string, options: CommonOptions) => {
      const { signal } = context
      const repository = await openRepository(context, options)
      const before = await findBackup(repository, older, signal)
      const after = await findBackup(repository, newer, signal)
      const result = diff(
        await outlineOfBackup(repository, before, signal),
        await outlineOfBackup(repository, after, signal),
      )
      context.finish(
        {
          text: [
            `from ${shortId(before.id)} to ${shortId(after.id)}`,
            '',
            ...diffLines(result, context),
          ],
          json: { before: backupDocument(before), after: backupDocument(after), ...result },
        },
        options,
      )
    })
}

function diffLines(result: Diff, { terminal }: Context): string[] {
  const { style, width } = terminal
  const changed = result.tables.filter(table => table.change !== 'same')
  const same = result.tables.length - changed.length
  const sections = [
    changed.length > 0 ? renderTable(TABLES, changed, width, style) : [],
    result.objects.length > 0 ? renderTable(OBJECTS, result.objects, width, style) : [],
    result.sequences.length > 0 ? renderTable(SEQUENCES, result.sequences, width, style) : [],
    largeObjectLines(result),
  ].filter(section => section.length > 0)
  const last =
    sections.length === 0
      ? `nothing changed: ${plural(same, 'table')} with the same content, the same schema`
      : `${plural(changed.length, 'table')} changed, ${countText(same)} the same; ${plural(result.objects.length, 'object')} of the schema changed`
  return [...sections.flatMap(section => section.concat('')), last]
}

function largeObjectLines({ largeObjects: { change, before, after } }: Diff): string[] {
  if (change === 'same') return []
  const text = (one: { count: number; bytes: number }) =>
    `${countText(one.count)} (${bytesText(one.bytes)})`
  return [`large objects changed: ${text(before)} before, ${text(after)} after`]
}

const MARKS = { added: '+', gone: '-', changed: '~', same: '=' } as const
const marked = (one: { change: keyof typeof MARKS }) => `${MARKS[one.change]} ${one.change}`
const tinted = (text: string, one: { change: keyof typeof MARKS }, style: Style) =>
  one.change === 'added'
    ? style.green(text)
    : one.change === 'gone'
      ? style.red(text)
      : style.yellow(text)

const TABLES: Column<TableChange>[] = [
  { title: 'CHANGE', value: marked, style: tinted },
  { title: 'TABLE', value: one => one.name, shrinkTo: 12 },
  { title: 'ROWS BEFORE', value: one => rowsText(one.before), right: true, leaveOut: 2 },
  { title: 'ROWS AFTER', value: one => rowsText(one.after), right: true },
  {
    title: 'ROWS',
    value: one => signed((one.after?.rows ?? 0) - (one.before?.rows ?? 0), countText),
    right: true,
    leaveOut: 3,
  },
  {
    title: 'BYTES',
    value: one => signed((one.after?.bytes ?? 0) - (one.before?.bytes ?? 0), bytesText),
    right: true,
    leaveOut: 1,
  },
]

const rowsText = (table: { rows: number } | undefined) =>
  table === undefined ? '–' : countText(table.rows)

const signed = (difference: number, text: (size: number) => string) =>
  difference === 0 ? '±0' : `${difference > 0 ? '+' : '-'}${text(Math.abs(difference))}`

const OBJECTS: Column<ObjectChange>[] = [
  { title: 'CHANGE', value: marked, style: tinted },
  { title: 'OBJECT', value: one => one.name, shrinkTo: 20 },
]

const SEQUENCES: Column<Diff['sequences'][number]>[] = [
  { title: 'SEQUENCE', value: one => one.name, shrinkTo: 12 },
  { title: 'BEFORE', value: one => one.before ?? '–', right: true },
  { title: 'AFTER', value: one => one.after ?? '–', right: true },
]
