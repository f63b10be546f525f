import type { Command } from 'commander'
import { DUMP } from '../../core/backup.ts'
import { WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { exportToFile, exportToStream } from '../../operations/export.ts'
import { findBackup } from '../../operations/find.ts'
import { bytesText } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument } from '../documents.ts'
import { reporting } from '../terminal/reporter.ts'
import { printable } from '../terminal/text.ts'

interface Options extends CommonOptions {
  readonly output?: string
  readonly stream: string
  readonly force?: boolean
}

const about = {
  summary: 'give back the native dump, byte for byte',
  description:
    "Gives back the dump exactly as the database's own tool made it, for use without Holdfast. Every byte is " +
    'proven on its way out. A file is there whole or not at all, and is never overwritten without --force.',
  examples: [
    ['export latest --output shop.dump', 'into a file, for pg_restore'],
    ['export latest:shop | pg_restore --list', 'into a program; mind its exit code, too'],
    ['export latest --stream globals', 'the roles and tablespaces that were backed up with it'],
  ],
  exits: {
    13: 'the backup is damaged: no file was written, and what a program got is not whole',
    14: 'no such backup or stream',
  },
  seeAlso: ['restore', 'show'],
} as const

export function exportCommand(context: Context): Command {
  return repositoryCommand('export', about)
    .argument('<backup>', 'an id, the beginning of one, latest, or latest:DATABASE')
    .option('-o, --output <file>', 'where to write it; without it, or with -, to stdout')
    .option('--stream <name>', 'which stream of the backup', DUMP)
    .option('--force', 'overwrite the file')
    .action(async (name: string, options: Options) => {
      const path = options.output === '-' ? undefined : options.output
      refuseToMix(path, options)
      const repository = await openRepository(context, options)
      const manifest = await findBackup(repository, name, context.signal)
      const stored = manifest.streams.find(one => one.name === options.stream)
      if (path === undefined && context.terminal.outIsTerminal && isBinary(stored?.format)) {
        throw new WrongUse({
          why: 'a binary dump does not belong on a terminal',
          hint: 'add --output FILE, or pipe it into a program',
        })
      }
      const written = await reporting(context.terminal, context.clock, async progress => {
        const request = { repository, manifest, stream: options.stream, progress }
        if (path !== undefined) {
          const force = options.force === true
          return await exportToFile(request, path, { force }, context.signal)
        }
        await exportToStream(request, context.terminal.out, context.signal)
        return undefined
      })
      if (path === undefined || written === undefined) return
      const { format = '', bytes = 0 } = stored ?? {}
      const { sha256 } = written
      context.finish(
        {
          text: [
            `${printable(path)}: ${options.stream} of backup ${shortId(manifest.id)} (${format}, ${bytesText(bytes)})`,
          ],
          json: {
            output: path,
            stream: { name: options.stream, format, bytes, sha256 },
            backup: backupDocument(manifest),
          },
        },
        options,
      )
    })
}

/** Text can be looked at on a terminal; everything else would garble it. */
const isBinary = (format: string | undefined) => format !== 'sql' && format !== 'json'

function refuseToMix(path: string | undefined, options: Options): void {
  if (path === undefined && options.json === true) {
    throw new WrongUse({
      why: '--json and a dump cannot share stdout',
      hint: 'add --output FILE, or leave --json out',
    })
  }
}
