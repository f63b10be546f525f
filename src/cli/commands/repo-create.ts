import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CreatedRepository } from '../../api/schema/repositories.ts'
import { Secret } from '../../core/secret.ts'
import type { Context } from '../context.ts'
import { parseNumber, type ServerOptions, serverCommand } from '../server-command.ts'
import { recoveryKeyLines } from '../terminal/box.ts'
import { printable } from '../terminal/text.ts'

interface Options extends ServerOptions {
  readonly repository?: string
  readonly maxRuns?: number
}

/** `holdfast repo create`: make a repository where the server is, and add it. */
export const repoCreateCommand = (context: Context): Command =>
  serverCommand('create', {
    summary: 'make a repository and add it; shows the recovery key once',
    description:
      'The server makes an encrypted repository in a new or empty place and adds it under a name: `init` and ' +
      '`repo add` in one. The passphrase comes from HOLDFAST_PASSPHRASE_FILE, HOLDFAST_PASSPHRASE or a prompt.',
    examples: [['repo create main --repository /srv/backups', 'asks for a passphrase']],
    exits: { 1: 'failed, or something is there', 2: 'wrong use, or the passphrase is too weak' },
    seeAlso: ['repo add', 'init'],
  })
    .argument('<name>', 'what to call it')
    .option('-r, --repository <url>', 'where it is to be (or HOLDFAST_REPOSITORY)')
    .option('--max-runs <count>', 'how many runs may work on it at once', parseNumber(1, 100))
    .action(async (name: string, options: Options) => {
      const server = context.server()
      const given = context.credentials.repositoryUrl(options.repository)
      const passphrase = await context.credentials.firstPassphrase()
      const body = {
        name,
        url: server.isLocal ? absoluteUrl(given) : given,
        passphrase: passphrase.reveal(),
        ...(options.maxRuns !== undefined && { maxRuns: options.maxRuns }),
      }
      const path = '/repositories/create'
      const made = await server.call(CreatedRepository, 'POST', path, { body })
      const { style, width } = context.terminal
      context.finish(
        {
          text: [
            `repository ${style.bold(printable(made.repository.name))} is ready in ${printable(made.repository.place)}`,
            '',
            ...recoveryKeyLines(new Secret(made.recoveryKey), width, style),
          ],
          json: { repository: made.repository, recoveryKey: made.recoveryKey },
        },
        options,
      )
    })

/** A path means a place of whoever types it, wherever the server was started. */
export const absoluteUrl = (url: string): string =>
  /^[a-z][a-z0-9+.-]*:\/\//.test(url) ? url : resolve(url)
