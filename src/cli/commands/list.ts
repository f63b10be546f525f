import type { Command } from 'commander'
import type { Manifest } from '../../core/backup.ts'
import { shortId } from '../../core/ids.ts'
import { type BackupList, listBackups } from '../../operations/list.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument, dumpBytes, stateOf } from '../documents.ts'
import { DAMAGED } from '../exits.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'

interface Options extends CommonOptions {
  readonly of?: string
}

const about = {
  summary: 'list the backups in a repository',
  description:
    'Lists every backup, newest first: its id, the database it is of, when it was made, the size of the dump, ' +
    'what it added to the repository, and whether it is good.',
  examples: [
    ['list -r /srv/backups', 'everything in a repository'],
    ['list --of shop', 'the backups of one database'],
    ["list --json | jq -r '.backups[0].id'", 'the id of the newest backup'],
  ],
  exits: { 10: 'no repository there', 13: 'the record of a backup is damaged' },
  seeAlso: ['show', 'restore', 'forget'],
} as const

export function listCommand(context: Context): Command {
  return repositoryCommand('list', about)
    .option('--of <database>', 'only backups of this database (shop, or shop@db.example.org:5432)')
    .action(async (options: Options) => {
      const repository = await openRepository(context, options)
      const list = await listBackups(repository, options.of, context.signal)
      context.finish(
        {
          text:
            list.manifests.length === 0 && list.damaged.length === 0
              ? emptyLines(repository.place, options.of)
              : listLines(list, context),
          json: {
            repository: { id: repository.id, place: repository.place },
            backups: list.manifests.map(backupDocument),
            damaged: list.damaged,
          },
          ...(list.damaged.length > 0 && { exit: DAMAGED }),
        },
        options,
      )
    })
}

type Row =
  | { readonly is: 'whole'; readonly manifest: Manifest }
  | { readonly is: 'damaged'; readonly id: string; readonly why: string }

function listLines(list: BackupList, { terminal, clock }: Context): string[] {
  const rows: Row[] = [
    ...list.manifests.map(manifest => ({ is: 'whole', manifest }) as const),
    ...list.damaged.map(one => ({ is: 'damaged', ...one }) as const),
  ]
  const lines = renderTable(columns(clock.now()), rows, terminal.width, terminal.style)
  const warnings = list.manifests.filter(one => stateOf(one) === 'warnings').length
  const warned = warnings === 0 ? '' : `, ${countText(warnings)} with warnings`
  const sources = new Set(list.manifests.map(one => one.source.name)).size
  return [
    ...lines,
    '',
    `${plural(list.manifests.length, 'backup')} of ${plural(sources, 'database')}${warned}`,
    ...list.damaged.map(
      one =>
        `${terminal.style.red('damaged')} ${shortId(one.id)}: ${printable(one.why)}; run \`holdfast check\``,
    ),
  ]
}

function columns(now: Date): Column<Row>[] {
  const of = (show: (manifest: Manifest) => string) => (row: Row) =>
    row.is === 'whole' ? show(row.manifest) : '–'
  return [
    {
      title: 'ID',
      value: row => shortId(row.is === 'whole' ? row.manifest.id : row.id),
      style: (text, _, style) => style.bold(text),
    },
    { title: 'DATABASE', value: of(one => one.source.name), shrinkTo: 12 },
    { title: 'TIME', value: of(one => timeText(new Date(one.startedAt))) },
    { title: 'AGE', value: of(one => agoText(new Date(one.startedAt), now)), leaveOut: 4 },
    { title: 'SIZE', value: of(one => bytesText(dumpBytes(one))), right: true, leaveOut: 2 },
    { title: 'STORED', value: of(one => bytesText(one.stored.bytes)), right: true, leaveOut: 3 },
    {
      title: 'STATE',
      value: row => (row.is === 'whole' ? stateOf(row.manifest) : 'damaged'),
      leaveOut: 1,
      style: (text, row, style) =>
        row.is === 'damaged' ? style.red(text) : text === 'good' ? text : style.yellow(text),
    },
  ]
}

const emptyLines = (place: string, of: string | undefined): string[] =>
  of === undefined
    ? [
        `no backups yet in ${printable(place)}`,
        '  make the first one: holdfast backup --source postgres://user@host/database',
      ]
    : [
        `no backups of ${printable(of)} in ${printable(place)}`,
        '  holdfast list shows what there is',
      ]
