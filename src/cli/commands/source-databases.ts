import type { Command } from 'commander'
import { DatabaseList } from '../../api/schema/sources.ts'
import { WrongUse } from '../../core/faults.ts'
import { bytesText } from '../../operations/words.ts'
import type { Context } from '../context.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'

interface Options extends ServerOptions {
  readonly source?: string
}

/** `holdfast source databases`: what is on a server? */
export const sourceDatabasesCommand = (context: Context): Command =>
  serverCommand('databases', {
    summary: 'list the databases of a server',
    description:
      'Logs in where a source is, or where a URL says, and lists what databases are there and which of them are sources ' +
      'already. The URL need not name a database.',
    examples: [
      ['source databases shop', 'the server of that source'],
      ['source databases --source env:SERVER_URL', 'any other server'],
    ],
    exits: { 1: 'failed, or the login is refused' },
    seeAlso: ['source add', 'source list'],
  })
    .argument('[source]', 'a source on that server: its name, or its id')
    .option('-s, --source <url>', 'the server: a URL, or env:NAME of a variable with it')
    .action(async (name: string | undefined, options: Options) => {
      if ((name === undefined) === (options.source === undefined)) {
        throw new WrongUse({
          why: 'the server was not named once',
          hint: 'give a source or --source',
        })
      }
      const body =
        options.source === undefined
          ? { source: name }
          : { url: context.credentials.url(options.source, '--source').reveal() }
      const { databases } = await context
        .server()
        .call(DatabaseList, 'POST', '/sources/databases', { body })
      const { terminal } = context
      const text =
        databases.length === 0
          ? ['no databases but templates']
          : renderTable(COLUMNS, databases, terminal.width, terminal.style)
      context.finish({ text, json: { databases } }, options)
    })

const COLUMNS: readonly Column<DatabaseList['databases'][number]>[] = [
  {
    title: 'DATABASE',
    value: one => one.database,
    shrinkTo: 12,
    style: (text, _, style) => style.bold(text),
  },
  {
    title: 'SIZE',
    value: one => (one.bytes === null ? '–' : bytesText(one.bytes)),
    right: true,
  },
  { title: 'OWNER', value: one => one.owner, shrinkTo: 8, leaveOut: 1 },
  { title: 'ENCODING', value: one => one.encoding, leaveOut: 2 },
  { title: 'SOURCE', value: one => one.source ?? '–', shrinkTo: 8 },
]
