import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import { requireStrong } from '../../operations/keys.ts'
import { type CommonOptions, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { recoveryKeyLines } from '../terminal/box.ts'
import { printable } from '../terminal/text.ts'

const about = {
  summary: 'create a repository; shows the recovery key once',
  description:
    'Creates an encrypted repository in a new or empty place, protected by a passphrase of at least 8 ' +
    'characters. It also makes a recovery key, which opens the repository when the passphrase is lost, and ' +
    'shows it this once only: print it and keep it away from this machine.',
  examples: [
    ['init --repository /srv/backups/shop', 'asks for the passphrase'],
    [
      'init --repository /srv/backups/shop --json > /dev/shm/recovery.json',
      'in a script, with HOLDFAST_PASSPHRASE_FILE set',
    ],
  ],
  exits: { 2: 'wrong use, or the passphrase is too weak' },
  seeAlso: ['backup', 'keys'],
} as const

export function initCommand(context: Context): Command {
  return repositoryCommand('init', about).action(async (options: CommonOptions) => {
    const url = context.credentials.repositoryUrl(options.repository)
    const passphrase = await context.credentials.firstPassphrase()
    requireStrong(passphrase)
    const { repository, recoveryKey } = await context.createRepository(url, passphrase)
    const place = printable(repository.place)
    const { style, width } = context.terminal
    context.finish(
      {
        text: [
          `repository ${shortId(repository.id)} is ready in ${place}`,
          '',
          ...recoveryKeyLines(recoveryKey, width, style),
          '',
          'Next: holdfast backup --source postgres://user@host/database',
        ],
        json: {
          repository: { id: repository.id, place: repository.place },
          recoveryKey: recoveryKey.reveal(),
        },
      },
      options,
    )
  })
}
