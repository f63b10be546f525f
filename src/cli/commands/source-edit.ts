import type { Command } from 'commander'
import { EditedSource, type SourceChanges } from '../../api/schema/sources.ts'
import { WrongUse } from '../../core/faults.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'
import { printable } from '../terminal/text.ts'

interface Options extends ServerOptions {
  readonly name?: string
  readonly source?: string
}

/** `holdfast source edit`: another name, or another place. */
export const sourceEditCommand = (context: Context): Command =>
  serverCommand('edit', {
    summary: 'change the name of a source, or where its database is',
    description:
      'Schedules and runs go by what is new at once; a run that is at work is not touched. A new URL comes with its ' +
      'password. Where the database has moved, its backups so far stay with the source.',
    examples: [
      ['source edit shop --name webshop', 'call it something else'],
      ['source edit shop --source env:SHOP_URL', 'it has moved, or has another password'],
    ],
    exits: { 1: 'failed, or the name is taken', 2: 'wrong use, or no URL of a database' },
    seeAlso: ['source list', 'source test'],
  })
    .argument('<source>', 'its name, or its id')
    .option('--name <name>', 'what to call it from now on')
    .option('-s, --source <url>', 'the database: its URL, or env:NAME of a variable with it')
    .action(async (given: string, { name, source, json = false }: Options) => {
      if (name === undefined && source === undefined) {
        throw new WrongUse({
          why: 'no change was named',
          hint: 'see `holdfast source edit --help`',
        })
      }
      const body: SourceChanges = {
        name,
        ...(source !== undefined && { url: context.credentials.url(source, '--source').reveal() }),
      }
      const path = `/sources/${segment(given)}`
      const edited = await context.server().call(EditedSource, 'PATCH', path, { body })
      const called = context.terminal.style.bold(printable(edited.source.name))
      context.finish(
        {
          text: [
            `source ${called} is changed: ${printable(edited.source.label)}`,
            ...edited.warnings.map(one => `  ${printable(one)}`),
          ],
          json: { source: edited.source },
        },
        { json },
      )
    })
