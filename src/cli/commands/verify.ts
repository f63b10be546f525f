import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import type { Difference } from '../../operations/compare.ts'
import { findBackup } from '../../operations/find.ts'
import { verify } from '../../operations/verify.ts'
import { plural } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand, requireOption } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument } from '../documents.ts'
import { DONE, FAILED } from '../exits.ts'
import { reporting } from '../terminal/reporter.ts'
import { printable } from '../terminal/text.ts'

interface Options extends CommonOptions {
  readonly against?: string
}

const about = {
  summary: 'compare a live database with a backup',
  description:
    'Reads a whole backup back, then dumps a live database once more and compares both: every table by its rows ' +
    'and the digest of its content, sequences, large objects, and the definition of every object. Nothing is ' +
    'changed. Rows that only stand in another order are no difference.',
  examples: [
    ['verify latest --against env:SHOP_URL', 'has anything changed since the newest backup?'],
    ['verify 4f2a91c0 --against postgres://admin@db/shop_copy', 'is that copy what was backed up?'],
  ],
  exits: {
    0: 'they are the same',
    1: 'they differ, or it failed',
    13: 'the backup is damaged',
    14: 'no such backup',
  },
  seeAlso: ['diff', 'show', 'restore'],
} as const

export function verifyCommand(context: Context): Command {
  return repositoryCommand('verify', about)
    .argument('<backup>', 'an id, the beginning of one, latest, or latest:DATABASE')
    .option('-a, --against <url>', 'the live database: its URL, or env:NAME')
    .action(async (name: string, options: Options) => {
      const against = requireOption(options.against, '--against', 'the live database')
      const live = await context.openDatabase(context.credentials.url(against, '--against'))
      const repository = await openRepository(context, options)
      const manifest = await findBackup(repository, name, context.signal)
      const differences = await reporting(context.terminal, context.clock, progress =>
        verify(
          { repository, manifest, engine: live.engine, database: live.database, progress },
          context.signal,
        ),
      )
      const backup = `backup ${shortId(manifest.id)}`
      const database = printable(live.database.name)
      const { tables, rows } = manifest.summary
      context.finish(
        {
          text:
            differences.length === 0
              ? [
                  `${database} is what ${backup} holds: ${plural(tables, 'table')}, ${plural(rows, 'row')}`,
                ]
              : [
                  `${database} differs from ${backup} in ${plural(differences.length, 'place')}:`,
                  '',
                  ...differences.map(one => `  ${printable(sentence(one))}`),
                ],
          json: {
            equal: differences.length === 0,
            database: live.database.name,
            backup: backupDocument(manifest),
            differences,
          },
          exit: differences.length === 0 ? DONE : FAILED,
        },
        options,
      )
    })
}

/** The names of objects begin with their type already. */
const sentence = ({ kind, name, detail }: Difference) =>
  kind === 'table' || kind === 'sequence' ? `${kind} ${name} ${detail}` : `${name} ${detail}`
