import type { Command } from 'commander'
import { Done } from '../../api/schema/common.ts'
import {
  type NewRepository,
  Refreshed,
  Repository,
  type RepositoryChanges,
  RepositoryList,
  type RepositoryListing,
} from '../../api/schema/repositories.ts'
import { WrongUse } from '../../core/faults.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { groupCommand, parseNumber, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'
import { absoluteUrl, repoCreateCommand } from './repo-create.ts'

interface EditOptions extends ServerOptions {
  readonly name?: string
  readonly maxRuns?: number | 'none'
}

interface AddOptions extends ServerOptions {
  readonly repository?: string
  readonly maxRuns?: number
}

/** `holdfast repo …`: the repositories that a server writes to. */
export const repoCommand = (context: Context): Command =>
  groupCommand(
    'repo',
    {
      summary: 'the repositories that the server writes to',
      description:
        'The server opens a repository once with its passphrase and adds a key of its own, which it keeps sealed; ' +
        '`holdfast keys` shows it as a recovery key of this server. The passphrase itself is not kept.',
      examples: [
        ['repo add main --repository /srv/backups', 'asks for its passphrase'],
        ['repo list', 'what is there?'],
      ],
      seeAlso: ['init', 'source', 'schedule'],
    },
    [
      addCommand(context),
      repoCreateCommand(context),
      listCommand(context),
      editCommand(context),
      refreshCommand(context),
      removeCommand(context),
    ],
  )

const addCommand = (context: Context): Command =>
  serverCommand('add', {
    summary: 'add a repository',
    description:
      'Gives a repository a name on the server, and takes its backups into the catalogue. The passphrase comes ' +
      'from HOLDFAST_PASSPHRASE_FILE, HOLDFAST_PASSPHRASE or a prompt. To make a repository first: holdfast init.',
    examples: [
      ['repo add main --repository /srv/backups', 'a directory of this machine'],
      [
        'repo add main --repository /mnt/nas/backups --max-runs 1',
        'one run at a time on a slow disk',
      ],
    ],
    exits: {
      1: 'failed, or the name is taken',
      10: 'no repository there',
      12: 'wrong passphrase or recovery key',
    },
    seeAlso: ['init', 'repo list', 'keys list'],
  })
    .argument('<name>', 'what to call it')
    .option('-r, --repository <url>', 'where the repository is (or HOLDFAST_REPOSITORY)')
    .option('--max-runs <count>', 'how many runs may work on it at once', parseNumber(1, 100))
    .action(async (name: string, options: AddOptions) => {
      const server = context.server()
      const given = context.credentials.repositoryUrl(options.repository)
      const key = await context.credentials.key()
      const body: NewRepository = {
        name,
        url: server.isLocal ? absoluteUrl(given) : given,
        ...('passphrase' in key
          ? { passphrase: key.passphrase.reveal() }
          : { recoveryKey: key.recoveryKey.reveal() }),
        ...(options.maxRuns !== undefined && { maxRuns: options.maxRuns }),
      }
      const added = await server.call(Refreshed, 'POST', '/repositories', { body })
      context.finish(
        {
          text: [
            `repository ${context.terminal.style.bold(printable(added.repository.name))} is added: ${printable(added.repository.place)}`,
            `  holds  ${plural(added.adopted, 'backup')}`,
          ],
          json: added,
          warnings: unreadable(added),
        },
        options,
      )
    })

const unreadable = ({ unreadable: ids }: Refreshed): string[] =>
  ids.length === 0
    ? []
    : [`the record of ${plural(ids.length, 'backup')} cannot be read; run \`holdfast check\``]

const listCommand = (context: Context): Command =>
  serverCommand('list', {
    summary: 'list the repositories',
    description:
      'Lists every repository with its place and what the catalogue knows of its backups.',
    examples: [['repo list', 'what is there?']],
    seeAlso: ['repo add', 'repo refresh'],
  }).action(async (options: ServerOptions) => {
    const { repositories } = await context.server().call(RepositoryList, 'GET', '/repositories')
    const { terminal, clock } = context
    const text =
      repositories.length === 0
        ? [
            'no repositories yet',
            '  make one, when there is none: holdfast init --repository /srv/backups',
            '  add it to the server:         holdfast repo add main --repository /srv/backups',
          ]
        : [
            ...renderTable(columns(clock.now()), repositories, terminal.width, terminal.style),
            ...repositories.flatMap(outOfReach),
          ]
    context.finish({ text, json: { repositories } }, options)
  })

const outOfReach = ({ name, unreachable }: RepositoryListing): string[] =>
  unreachable === null
    ? []
    : [
        `${printable(name)} cannot be reached, as was noticed on ${timeText(unreachable.since)}: ${printable(unreachable.failure.message)}`,
      ]

const columns = (now: Date): Column<RepositoryListing>[] => [
  {
    title: 'NAME',
    value: one => one.name,
    shrinkTo: 10,
    style: (text, _, style) => style.bold(text),
  },
  { title: 'PLACE', value: one => one.place, shrinkTo: 12 },
  { title: 'BACKUPS', value: one => countText(one.backups), right: true, leaveOut: 1 },
  { title: 'STORED', value: one => bytesText(one.storedBytes), right: true, leaveOut: 2 },
  {
    title: 'NEWEST',
    value: one => (one.lastBackupAt === null ? '–' : agoText(one.lastBackupAt, now)),
    leaveOut: 3,
  },
  { title: 'SCHEDULES', value: one => countText(one.schedules), right: true, leaveOut: 4 },
]

const editCommand = (context: Context): Command =>
  serverCommand('edit', {
    summary: 'change the name of a repository, or how many runs may work on it',
    description:
      'Schedules and runs go by the new name at once; the repository itself is not touched.',
    examples: [
      ['repo edit main --name nas', 'call it something else'],
      ['repo edit main --max-runs none', 'no limit of its own any more'],
    ],
    exits: { 1: 'failed, or the name is taken' },
    seeAlso: ['repo list'],
  })
    .argument('<repository>', 'its name, or its id')
    .option('--name <name>', 'what to call it from now on')
    .option(
      '--max-runs <count>',
      'how many runs may work on it at once; none: no limit',
      parseMaxRuns,
    )
    .action(async (given: string, { name, maxRuns, json = false }: EditOptions) => {
      if (name === undefined && maxRuns === undefined) {
        throw new WrongUse({ why: 'no change was named', hint: 'see `holdfast repo edit --help`' })
      }
      const body: RepositoryChanges = { name, maxRuns: maxRuns === 'none' ? null : maxRuns }
      const path = `/repositories/${segment(given)}`
      const repository = await context.server().call(Repository, 'PATCH', path, { body })
      const limit = repository.maxRuns
      context.finish(
        {
          text: [
            `repository ${context.terminal.style.bold(printable(repository.name))} is changed: ${printable(repository.place)}`,
            `  runs at once  ${limit === null ? 'no limit of its own' : countText(limit)}`,
          ],
          json: { repository },
        },
        { json },
      )
    })

/** Not null, which commander takes for a value left out. */
const parseMaxRuns = (text: string): number | 'none' =>
  text === 'none' ? text : parseNumber(1, 100)(text)

const refreshCommand = (context: Context): Command =>
  serverCommand('refresh', {
    summary: 'read again which backups a repository holds',
    description:
      'Makes the catalogue equal to the repository: backups that others made are adopted, those that were ' +
      'forgotten are dropped. The repository itself is only read.',
    examples: [['repo refresh main', 'somebody backed up or forgot without the server']],
    seeAlso: ['repo list', 'list'],
  })
    .argument('<repository>', 'its name, or its id')
    .action(async (name: string, options: ServerOptions) => {
      const path = `/repositories/${segment(name)}/refresh`
      const refreshed = await context.server().call(Refreshed, 'POST', path)
      const { adopted, dropped, repository } = refreshed
      context.finish(
        {
          text: [
            `the catalogue of ${printable(repository.name)} is up to date: ${plural(adopted, 'backup')} adopted, ${countText(dropped)} dropped`,
          ],
          json: refreshed,
          warnings: unreadable(refreshed),
        },
        options,
      )
    })

const removeCommand = (context: Context): Command =>
  serverCommand('remove', {
    summary: 'take a repository from the server',
    description:
      'The server forgets the repository and takes its own key out of it. The backups stay where they are, ' +
      'and open with passphrase and recovery key as before.',
    examples: [['repo remove main', 'the server writes to it no more']],
    exits: { 1: 'failed, or a schedule or a run needs it' },
    seeAlso: ['repo list', 'schedule remove'],
  })
    .argument('<repository>', 'its name, or its id')
    .action(async (name: string, options: ServerOptions) => {
      const path = `/repositories/${segment(name)}`
      const { warnings } = await context.server().call(Done, 'DELETE', path)
      context.finish(
        {
          text: [`repository ${printable(name)} is removed from the server; its backups stay`],
          json: { removed: name, warnings },
          warnings,
        },
        options,
      )
    })
