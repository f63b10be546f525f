import type { Command } from 'commander'
import {
  type Manifest,
  type Outline,
  type OutlineTable,
  type StoredStream,
  tableName,
} from '../../core/backup.ts'
import { findBackup } from '../../operations/find.ts'
import { outlineOfBackup } from '../../operations/outline.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument, dumpBytes, outlineDocument, secondsOf, stateOf } from '../documents.ts'
import type { Style } from '../terminal/style.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, durationText, timeText } from '../terminal/when.ts'

const about = {
  summary: 'show what a backup holds',
  description:
    'Shows one backup: when and how it was made, its streams, and every table with its rows, bytes and the ' +
    'SHA-256 of its data as dumped.',
  examples: [
    ['show latest', 'the newest backup'],
    ['show latest:shop', 'the newest backup of database shop'],
    [
      "show 4f2a91c0 --json | jq '.tables[] | {name, rows}'",
      'for a script; digests and sizes in full',
    ],
  ],
  exits: { 13: 'the backup is damaged', 14: 'no such backup' },
  seeAlso: ['list', 'diff', 'verify'],
} as const

export function showCommand(context: Context): Command {
  return repositoryCommand('show', about)
    .argument('<backup>', 'an id, the beginning of one, latest, or latest:DATABASE')
    .action(async (name: string, options: CommonOptions) => {
      const repository = await openRepository(context, options)
      const manifest = await findBackup(repository, name, context.signal)
      const outline = await outlineOfBackup(repository, manifest, context.signal)
      context.finish(
        {
          text: showLines(manifest, outline, context),
          json: {
            backup: backupDocument(manifest),
            streams: manifest.streams.map(({ name, format, bytes, chunks }) => ({
              name,
              format,
              bytes,
              chunks,
            })),
            ...outlineDocument(outline),
          },
        },
        options,
      )
    })
}

function showLines(manifest: Manifest, outline: Outline, { terminal, clock }: Context): string[] {
  const { style, width } = terminal
  return [
    ...factLines(manifest, clock.now(), style),
    '',
    ...renderTable(STREAMS, manifest.streams, width, style),
    '',
    ...(outline.tables.length === 0
      ? ['no tables']
      : renderTable(TABLES, outline.tables, width, style)),
    '',
    [
      plural(outline.tables.length, 'table'),
      plural(manifest.summary.rows, 'row'),
      plural(outline.sequences.length, 'sequence'),
      `${plural(outline.largeObjects.count, 'large object')} (${bytesText(outline.largeObjects.bytes)})`,
      `${plural(outline.objects.length, 'object')} in the schema`,
    ].join(', '),
  ]
}

function factLines(manifest: Manifest, now: Date, style: Style): string[] {
  const started = new Date(manifest.startedAt)
  const { source, stored } = manifest
  const tags = Object.entries(manifest.tags).map(([name, value]) => `${name}=${value}`)
  const facts: [string, string][] = [
    ['backup', manifest.id],
    ['database', `${source.name} (${source.engine} ${source.server}, by ${source.tool})`],
    [
      'made',
      `${timeText(started)} (${agoText(started, now)}), took ${durationText(secondsOf(manifest))}`,
    ],
    ['by', `holdfast ${manifest.madeBy.holdfast} on ${manifest.madeBy.host}`],
    [
      'size',
      `${bytesText(dumpBytes(manifest))} of dump, ${bytesText(stored.bytes)} added to the repository`,
    ],
    ...(tags.length > 0 ? [['tags', tags.join(', ')] as [string, string]] : []),
    ['state', stateOf(manifest)],
  ]
  return [
    ...facts.map(([name, value]) => `${style.dim(name.padEnd(8))}  ${printable(value)}`),
    ...manifest.warnings.map(text => `${style.yellow('warning')}   ${printable(text)}`),
  ]
}

const DIGEST_SHOWN = 12
const digest = (row: { sha256: string }) => row.sha256.slice(0, DIGEST_SHOWN)

const STREAMS: Column<StoredStream>[] = [
  { title: 'STREAM', value: one => one.name },
  { title: 'FORMAT', value: one => one.format, shrinkTo: 8, leaveOut: 1 },
  { title: 'BYTES', value: one => bytesText(one.bytes), right: true },
  { title: 'CHUNKS', value: one => countText(one.chunks), right: true, leaveOut: 2 },
]

const TABLES: Column<OutlineTable>[] = [
  { title: 'TABLE', value: tableName, shrinkTo: 12 },
  { title: 'ROWS', value: one => countText(one.rows), right: true },
  { title: 'BYTES', value: one => bytesText(one.bytes), right: true, leaveOut: 1 },
  { title: 'SHA-256', value: digest, leaveOut: 2 },
]
