import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import { findBackup } from '../../operations/find.ts'
import { forget } from '../../operations/forget.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument } from '../documents.ts'
import { printable } from '../terminal/text.ts'
import { timeText } from '../terminal/when.ts'

interface Options extends CommonOptions {
  readonly force?: boolean
}

const about = {
  summary: 'remove a backup',
  description:
    'Removes one backup from the repository, for good. The last backup of a database goes only with --force. ' +
    'The other backups stay whole: what they share with it stays where it is.',
  examples: [
    ['forget 4f2a91c0', 'a backup that is not needed any more'],
    ['forget 4f2a91c0 --force', 'even if it is the only one of its database'],
  ],
  exits: { 1: 'failed, or it is the last backup of its database', 14: 'no such backup' },
  seeAlso: ['list', 'check'],
} as const

export function forgetCommand(context: Context): Command {
  return repositoryCommand('forget', about)
    .argument('<backup>', 'an id, or the beginning of one')
    .option('--force', 'even the last backup of its database')
    .action(async (name: string, options: Options) => {
      const repository = await openRepository(context, options)
      const manifest = await findBackup(repository, name, context.signal)
      await forget(repository, manifest, { force: options.force === true }, context.signal)
      const made = timeText(new Date(manifest.startedAt))
      context.finish(
        {
          text: [
            `backup ${shortId(manifest.id)} of ${printable(manifest.source.name)} from ${made} is forgotten`,
          ],
          json: { forgotten: backupDocument(manifest) },
        },
        options,
      )
    })
}
