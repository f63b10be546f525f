import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { UPLOADED } from '../../core/backup.ts'
import { reason } from '../../core/fault.ts'
import { WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { type ImportResult, importDump } from '../../operations/import.ts'
import { bytesText, plural } from '../../operations/words.ts'
import {
  type CommonOptions,
  collectTag,
  openRepository,
  parseBytes,
  repositoryCommand,
} from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument, dumpBytes } from '../documents.ts'
import { reporting } from '../terminal/reporter.ts'
import { printable } from '../terminal/text.ts'
import { durationText } from '../terminal/when.ts'

interface Options extends CommonOptions {
  readonly engine: string
  readonly tag?: Readonly<Record<string, string>>
  readonly maxSize: number
}

const about = {
  summary: 'take in a native dump that was made without Holdfast',
  description:
    "Makes a dump of the database's own tool a backup like any other: for PostgreSQL a file that pg_dump wrote " +
    'with --format=custom, compressed with gzip or zstd or not at all. It is read to its end in passing; of one ' +
    'that is not whole nothing is kept. It counts as old as the dump says it is.',
  examples: [
    ['import shop.dump', 'a file'],
    ['import shop.dump --tag from=old-server', 'with a tag'],
    ['restore latest:shop --target env:NEW_URL', 'what was taken in is restored as any backup'],
  ],
  exits: {
    13: 'the file is no dump that can be read, or not whole: nothing was kept',
    130: 'interrupted: nothing was kept',
  },
  seeAlso: ['export', 'restore', 'show'],
} as const

export function importCommand(context: Context): Command {
  return repositoryCommand('import', about)
    .argument('<file>', 'the dump, or - for stdin')
    .option('--engine <name>', 'whose dump it is', 'postgres')
    .option('--tag <name=value>', 'a note on this backup; can be given more than once', collectTag)
    .option(
      '--max-size <size>',
      'refuse a larger dump (500M, 10G, 1.5T; default: 1Ti)',
      parseBytes,
      2 ** 40,
    )
    .action(async (path: string, options: Options) => {
      const name = path === '-' ? 'stdin' : basename(path)
      const engine = await context.engineNamed(options.engine)
      if (path !== '-') await refuseUnreadable(path)
      const repository = await openRepository(context, options)
      const result = await reporting(context.terminal, context.clock, progress =>
        importDump(
          {
            repository,
            engine,
            dump: path === '-' ? context.input : createReadStream(path, { highWaterMark: 1 << 18 }),
            name,
            tags: { ...options.tag, [UPLOADED]: name },
            maxBytes: options.maxSize,
            madeBy: context.madeBy,
            clock: context.clock,
            progress,
          },
          context.signal,
        ),
      )
      context.finish(
        {
          text: resultLines(result, name, context),
          json: { backup: backupDocument(result.manifest) },
          warnings: result.manifest.warnings,
        },
        options,
      )
    })
}

/** Before the passphrase is asked for. */
async function refuseUnreadable(path: string): Promise<void> {
  try {
    const file = await open(path)
    await file.close()
  } catch (error) {
    const hint = 'name a file that pg_dump wrote, or - for stdin'
    throw new WrongUse({ why: `could not read ${path}: ${reason(error)}`, hint })
  }
}

function resultLines(
  { manifest, seconds }: ImportResult,
  name: string,
  { terminal }: Context,
): string[] {
  const { tables, rows } = manifest.summary
  const id = terminal.style.bold(shortId(manifest.id))
  return [
    `${printable(name)} is backup ${id} of ${printable(manifest.source.name)}`,
    `  holds   ${plural(tables, 'table')}, ${plural(rows, 'row')}, ${bytesText(dumpBytes(manifest))} of dump`,
    `  stored  ${bytesText(manifest.stored.bytes)}`,
    `  took    ${durationText(seconds)}`,
  ]
}
