import type { Command } from 'commander'
import { Source, SourceList, type SourceListing, SourceTest } from '../../api/schema/sources.ts'
import type { TlsState } from '../../core/backup.ts'
import { bytesText } from '../../operations/words.ts'
import { segment } from '../client.ts'
import { requireOption } from '../command.ts'
import type { Context } from '../context.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText } from '../terminal/when.ts'
import { sourceDatabasesCommand } from './source-databases.ts'
import { sourceEditCommand } from './source-edit.ts'

interface AddOptions extends ServerOptions {
  readonly source?: string
}

/** `holdfast source …`: the databases that a server backs up. */
export const sourceCommand = (context: Context): Command =>
  groupCommand(
    'source',
    {
      summary: 'the databases that the server backs up',
      description:
        'A source is a database under a name. The server keeps its URL sealed; no answer and no log ever shows it.',
      examples: [
        [
          'source add shop --source env:SHOP_URL',
          'a URL with a password belongs into the environment',
        ],
        ['source test shop', 'can it be backed up?'],
        ['source list', 'what is there?'],
        ['source databases shop', 'what else is on that server?'],
      ],
      seeAlso: ['repo', 'schedule', 'run'],
    },
    [
      addCommand(context),
      listCommand(context),
      sourceEditCommand(context),
      testCommand(context),
      sourceDatabasesCommand(context),
      removeCommand(context),
    ],
  )

const addCommand = (context: Context): Command =>
  serverCommand('add', {
    summary: 'add a source',
    description: 'Gives a database a name. It need not be reachable yet; `source test` looks.',
    examples: [['source add shop --source env:SHOP_URL', 'the URL from the environment']],
    exits: { 1: 'failed, or the name is taken', 2: 'wrong use, or no URL of a database' },
    seeAlso: ['source test', 'schedule add'],
  })
    .argument('<name>', 'what to call it')
    .option('-s, --source <url>', 'the database: its URL, or env:NAME of a variable with it')
    .action(async (name: string, options: AddOptions) => {
      const given = requireOption(options.source, '--source', 'the database')
      const url = context.credentials.url(given, '--source').reveal()
      const source = await context
        .server()
        .call(Source, 'POST', '/sources', { body: { name, url } })
      const called = printable(source.name)
      context.finish(
        {
          text: [
            `source ${context.terminal.style.bold(called)} is added: ${printable(source.label)}`,
            `  can it be backed up?     holdfast source test ${quoted(called)}`,
            `  back it up every night:  holdfast schedule add --source ${quoted(called)} --repository NAME --cron "daily at 02:30"`,
          ],
          json: { source },
        },
        options,
      )
    })

const listCommand = (context: Context): Command =>
  serverCommand('list', {
    summary: 'list the sources',
    description:
      'Lists every source with its database, its schedules and the age of its newest backup.',
    examples: [['source list', 'what is backed up?']],
    seeAlso: ['source add', 'schedule list', 'runs'],
  }).action(async (options: ServerOptions) => {
    const { sources } = await context.server().call(SourceList, 'GET', '/sources')
    const { terminal, clock } = context
    const text =
      sources.length === 0
        ? [
            'no sources yet',
            '  add the first one: holdfast source add NAME --source env:DATABASE_URL',
          ]
        : renderTable(columns(clock.now()), sources, terminal.width, terminal.style)
    context.finish({ text, json: { sources } }, options)
  })

const columns = (now: Date): Column<SourceListing>[] => [
  {
    title: 'NAME',
    value: one => one.name,
    shrinkTo: 10,
    style: (text, _, style) => style.bold(text),
  },
  { title: 'DATABASE', value: one => one.label, shrinkTo: 12 },
  { title: 'ENGINE', value: one => one.engine, leaveOut: 3 },
  {
    title: 'SCHEDULES',
    value: one => (one.schedules === 0 ? 'none' : String(one.schedules)),
    leaveOut: 2,
    style: (text, one, style) => (one.schedules === 0 ? style.yellow(text) : text),
  },
  {
    title: 'LAST BACKUP',
    value: one => (one.lastBackupAt === null ? 'never' : agoText(one.lastBackupAt, now)),
    leaveOut: 1,
    style: (text, one, style) => (one.lastBackupAt === null ? style.yellow(text) : text),
  },
]

const TLS_TEXTS: Readonly<Record<TlsState, string>> = {
  verified: 'encrypted, and the certificate was verified',
  encrypted: 'encrypted; the certificate was not verified',
  none: 'not encrypted',
}

const testCommand = (context: Context): Command =>
  serverCommand('test', {
    summary: 'check whether a source can be backed up',
    description:
      'Connects to the database and checks everything that a backup checks before it starts: server, rights, ' +
      'a pg_dump that fits. Nothing is changed and nothing is dumped.',
    examples: [['source test shop', 'can it be backed up?']],
    exits: { 1: 'failed, or it cannot be backed up; the message says why' },
    seeAlso: ['source list', 'run'],
  })
    .argument('<source>', 'its name, or its id')
    .action(async (name: string, options: ServerOptions) => {
      const path = `/sources/${segment(name)}/test`
      const test = await context.server().call(SourceTest, 'POST', path)
      const size =
        test.estimatedBytes === null ? '' : `, about ${bytesText(test.estimatedBytes)} of dump`
      context.finish(
        {
          text: [
            `source ${context.terminal.style.bold(printable(test.source.name))} can be backed up: ${printable(test.source.label)}`,
            `  ${printable(test.source.engine)} ${printable(test.server)}, by ${printable(test.tool)}${size}`,
            ...(test.tls === null ? [] : [`  ${TLS_TEXTS[test.tls]}`]),
          ],
          json: test,
          warnings: test.warnings.map(printable),
        },
        options,
      )
    })

const removeCommand = (context: Context): Command =>
  serverCommand('remove', {
    summary: 'remove a source',
    description:
      'Takes a source from the server, with its sealed URL. Its backups and the records of its runs stay. ' +
      'A source that a schedule still backs up is not removed.',
    examples: [['source remove shop', 'the database is not backed up any more']],
    exits: { 1: 'failed, or a schedule or a run needs it' },
    seeAlso: ['source list', 'schedule remove'],
  })
    .argument('<source>', 'its name, or its id')
    .action(async (name: string, options: ServerOptions) => {
      const source = await context.server().call(Source, 'DELETE', `/sources/${segment(name)}`)
      context.finish(
        {
          text: [`source ${printable(source.name)} is removed; its backups stay`],
          json: { removed: source },
        },
        options,
      )
    })

/** As it is typed into a shell. */
const quoted = (text: string): string =>
  /^[\w.@:/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
