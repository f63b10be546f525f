import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import { type BackupResult, backup } from '../../operations/backup.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import {
  type CommonOptions,
  collectTag,
  parseBytes,
  repositoryCommand,
  requireOption,
} from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument, dumpBytes } from '../documents.ts'
import { reporting } from '../terminal/reporter.ts'
import { printable } from '../terminal/text.ts'
import { durationText } from '../terminal/when.ts'

interface Options extends CommonOptions {
  readonly source?: string
  readonly tag?: Readonly<Record<string, string>>
  readonly maxSize?: number
}

const about = {
  summary: 'back up a database now',
  description:
    'Dumps one database in one snapshot and stores the dump, encrypted and deduplicated. Row counts and a ' +
    'digest of every table go with it, so that a restore can be proven. A backup that fails or is interrupted ' +
    'leaves no backup behind; what it stored already is used by the next one.',
  examples: [
    ['backup -r /srv/backups --source postgres://app@db.example.org/shop', 'one database'],
    ['backup --source env:SHOP_URL', 'a URL with a password belongs into the environment'],
    ['backup --source env:SHOP_URL --tag release=2.4 --max-size 50G', 'with a tag and a limit'],
  ],
  exits: {
    3: 'done, with warnings: the backup is there',
    10: 'no repository there',
    130: 'interrupted: no backup was made',
  },
  seeAlso: ['list', 'restore', 'verify'],
} as const

export function backupCommand(context: Context): Command {
  return repositoryCommand('backup', about)
    .option('-s, --source <url>', 'the database: its URL, or env:NAME of a variable with it')
    .option('--tag <name=value>', 'a note on this backup; can be given more than once', collectTag)
    .option(
      '--max-size <size>',
      'fail when the dump grows past this size (500M, 10G, 1.5T)',
      parseBytes,
    )
    .action(async (options: Options) => {
      const source = requireOption(options.source, '--source', 'the database to back up')
      const sourceUrl = context.credentials.url(source, '--source')
      const url = context.credentials.repositoryUrl(options.repository)
      const key = await context.credentials.key()
      // Half a second goes into its key, beside all that has to be done before the first byte comes.
      const repository = context.openRepository(url, key)
      repository.catch(() => undefined)
      const { database } = await context.openDatabase(sourceUrl)
      const result = await reporting(context.terminal, context.clock, progress =>
        backup(
          {
            repository,
            source: database,
            clock: context.clock,
            progress,
            madeBy: context.madeBy,
            tags: options.tag ?? {},
            maxBytes: options.maxSize,
          },
          context.signal,
        ),
      )
      context.finish(
        {
          text: resultLines(result, context),
          json: { backup: backupDocument(result.manifest) },
          warnings: result.manifest.warnings,
        },
        options,
      )
    })
}

function resultLines({ manifest, seconds }: BackupResult, { terminal }: Context): string[] {
  const { tables, rows } = manifest.summary
  const bytes = dumpBytes(manifest)
  const { stored } = manifest
  const share = bytes === 0 ? '' : ` (${((stored.bytes / bytes) * 100).toFixed(1)} % of the dump)`
  const id = terminal.style.bold(shortId(manifest.id))
  return [
    `backup ${id} of ${printable(manifest.source.name)} is complete`,
    `  holds   ${plural(tables, 'table')}, ${plural(rows, 'row')}, ${bytesText(bytes)} of dump`,
    `  stored  ${bytesText(stored.bytes)}${share}; ${countText(stored.reusedChunks)} of ${plural(stored.newChunks + stored.reusedChunks, 'chunk')} were there already`,
    `  took    ${durationText(seconds)}, ${bytesText(bytes / seconds)}/s`,
  ]
}
