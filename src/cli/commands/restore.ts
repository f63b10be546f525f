import type { Command } from 'commander'
import type { Manifest } from '../../core/backup.ts'
import { shortId } from '../../core/ids.ts'
import { findBackup } from '../../operations/find.ts'
import { type RestoreResult, restore } from '../../operations/restore.ts'
import { plural } from '../../operations/words.ts'
import {
  type CommonOptions,
  MOST_JOBS,
  openRepository,
  parseJobs,
  repositoryCommand,
  requireOption,
} from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument } from '../documents.ts'
import { keptLines } from '../run-facts.ts'
import { reporting } from '../terminal/reporter.ts'
import { printable } from '../terminal/text.ts'
import { durationText } from '../terminal/when.ts'

interface Options extends CommonOptions {
  readonly target?: string
  readonly replace?: boolean
  readonly disconnect?: boolean
  /** Commander turns `--no-owner` into this, true unless it is given. */
  readonly owner: boolean
  readonly jobs: number
}

const about = {
  summary: 'restore a backup, proven before it goes live',
  description:
    'Restores into a new database beside the target, dumps it again and compares every table with what was ' +
    'backed up. Only then does it take the place of the target, in one step. When anything fails or is interrupted, ' +
    'the target is as it was and nothing is left beside it. A target that holds something is replaced only ' +
    'with --replace; the old database is kept under another name, so the restore can be undone.',
  examples: [
    [
      'restore latest --target postgres://admin@db/shop_copy',
      'into a database that does not exist yet',
    ],
    [
      'restore 4f2a91c0 --target env:SHOP_URL --replace',
      'in place of the live database, which is kept aside',
    ],
    [
      'restore latest:shop --target env:SHOP_URL --replace --disconnect',
      'and end the connections in the way',
    ],
  ],
  exits: {
    3: 'done, with warnings: restored and proven',
    13: 'the backup is damaged or the proof failed: the target is as it was',
    14: 'no such backup',
    130: 'interrupted: the target is as it was',
  },
  seeAlso: ['list', 'verify', 'export'],
} as const

export function restoreCommand(context: Context): Command {
  return repositoryCommand('restore', about)
    .argument('<backup>', 'an id, the beginning of one, latest, or latest:DATABASE')
    .option('-t, --target <url>', 'the database to restore into: its URL, or env:NAME')
    .option('--replace', 'swap in for a database that holds something; the old one is kept aside')
    .option('--disconnect', 'end connections that stand in the way of the swap')
    .option('--no-owner', 'without owners and grants, for a server that lacks the roles')
    .option(
      '--jobs <count>',
      'how many indexes are built at once',
      parseJobs,
      Math.min(context.cores, MOST_JOBS),
    )
    .action(async (name: string, options: Options) => {
      const url = requireOption(options.target, '--target', 'the database to restore into')
      const target = await context.openDatabase(context.credentials.url(url, '--target'))
      const repository = await openRepository(context, options)
      const manifest = await findBackup(repository, name, context.signal)
      const result = await reporting(context.terminal, context.clock, progress =>
        restore(
          {
            repository,
            manifest,
            engine: target.engine,
            target: target.database,
            options: {
              replace: options.replace === true,
              disconnect: options.disconnect === true,
              noOwner: !options.owner,
              jobs: options.jobs,
            },
            clock: context.clock,
            progress,
          },
          context.signal,
        ),
      )
      context.finish(
        {
          text: resultLines(manifest.id, result, context),
          json: documentOf(manifest, result),
          warnings: result.warnings,
        },
        options,
      )
    })
}

function documentOf(manifest: Manifest, result: RestoreResult): object {
  const { tables, rows, kept = null, afterwards: _, ...rest } = result
  return { ...rest, kept, proven: { tables, rows }, backup: backupDocument(manifest) }
}

function resultLines(id: string, result: RestoreResult, { terminal }: Context): string[] {
  const lines = [
    `backup ${terminal.style.bold(shortId(id))} is restored as ${printable(result.database)}`,
    `  proven  ${plural(result.tables, 'table')}, ${plural(result.rows, 'row')}: dumped again, the same as backed up`,
    `  took    ${durationText(result.seconds)}`,
  ]
  if (result.reworded.length > 0) {
    lines.push(
      `  note    this server words ${plural(result.reworded.length, 'definition')} differently; holdfast verify names them`,
    )
  }
  return [...lines, ...keptLines(result)]
}
