import { type Command, InvalidArgumentError, Option } from 'commander'
import { AddedApiKey, ApiKey, ApiKeyList, LONGEST_KEY_DAYS } from '../../api/schema/api-keys.ts'
import { ROLES, SCOPES } from '../../core/access.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'

interface AddOptions extends ServerOptions {
  readonly role?: string
  readonly scope?: readonly string[]
  readonly expires: number | 'never'
}

/** `holdfast api-key …`: what lets programs and people elsewhere use the server. */
export const apiKeyCommand = (context: Context): Command =>
  groupCommand(
    'api-key',
    {
      summary: 'keys for programs and people elsewhere',
      description:
        'On its port the server answers only to whoever shows a key; commands of its own user on its own machine ' +
        'need none. A key may do everything, or what its role and scopes say.',
      examples: [
        ['api-key add deploy', 'shows the new key once'],
        ['api-key list', 'who may come in, and who did?'],
      ],
      seeAlso: ['serve'],
    },
    [addCommand(context), listCommand(context), removeCommand(context)],
  )

const addCommand = (context: Context): Command =>
  serverCommand('add', {
    summary: 'make a key, and show it once',
    description:
      'Makes a key. The server keeps only its SHA-256, so it can be shown this once only. Without more it may do ' +
      'everything, for a year; --role and --scope say less.',
    examples: [
      ['api-key add deploy', 'the name stands in the record of what is done with it'],
      ['api-key add grafana --role viewer --scope metrics:read --expires never', 'for one purpose'],
    ],
    exits: { 1: 'failed, or the name is taken' },
    seeAlso: ['api-key list', 'api-key remove'],
  })
    .argument('<name>', 'whose key it is')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]))
    .option(
      '--scope <scope>',
      'what it is for, as runs:read; may be given several times',
      collectScope,
    )
    .option('--expires <days>', 'for so long: 90d, or never', parseDays, 365)
    .action(async (name: string, { role, scope, expires, ...options }: AddOptions) => {
      const body = {
        name,
        expiresInDays: expires === 'never' ? null : expires,
        ...(role !== undefined && { role }),
        ...(scope !== undefined && { scopes: scope }),
      }
      const added = await context.server().call(AddedApiKey, 'POST', '/api-keys', { body })
      const { key, secret } = added
      context.finish(
        {
          text: [
            `API key ${printable(key.name)} is made; it is shown this once only:`,
            '',
            `  ${context.terminal.style.bold(printable(secret))}`,
            '',
            `It may do ${rightsText(key)}, ${untilText(key)}. On another machine:`,
            '  export HOLDFAST_SERVER=https://this-server   HOLDFAST_API_KEY=hf_…',
          ],
          json: added,
        },
        options,
      )
    })

function collectScope(scope: string, before: readonly string[] = []): string[] {
  if (SCOPES.some(one => one === scope)) return [...before, scope]
  throw new InvalidArgumentError(`give one of ${SCOPES.join(', ')}`)
}

function parseDays(text: string): number | 'never' {
  if (text === 'never') return text
  const days = Number(/^(\d{1,4})d?$/.exec(text)?.[1])
  if (days >= 1 && days <= LONGEST_KEY_DAYS) return days
  throw new InvalidArgumentError(`give 1d to ${LONGEST_KEY_DAYS}d, or never`)
}

const rightsText = ({ role, scopes }: ApiKey): string => {
  const all = role === 'admin' ? 'everything' : `everything that a ${role} may`
  return scopes === null ? all : `as ${role}: ${scopes.join(', ')}`
}

const untilText = ({ expiresAt }: ApiKey): string =>
  expiresAt === null ? 'for ever' : `until ${timeText(expiresAt)}`

const listCommand = (context: Context): Command =>
  serverCommand('list', {
    summary: 'list the keys',
    description: 'Lists every key by its name; the keys themselves are kept nowhere.',
    examples: [['api-key list', 'which keys are in use?']],
    seeAlso: ['api-key add', 'api-key remove'],
  }).action(async (options: ServerOptions) => {
    const { keys } = await context.server().call(ApiKeyList, 'GET', '/api-keys')
    const { terminal, clock } = context
    const text =
      keys.length === 0
        ? ['no API keys: the port lets nobody in', '  make one: holdfast api-key add NAME']
        : renderTable(columns(clock.now()), keys, terminal.width, terminal.style)
    context.finish({ text, json: { keys } }, options)
  })

const columns = (now: Date): Column<ApiKey>[] => [
  {
    title: 'NAME',
    value: one => one.name,
    shrinkTo: 12,
    style: (text, _, style) => style.bold(text),
  },
  { title: 'OWNER', value: one => one.owner ?? 'this server', shrinkTo: 12, leaveOut: 2 },
  { title: 'ROLE', value: one => one.role },
  {
    title: 'SCOPES',
    value: one => one.scopes?.join(' ') ?? 'all',
    shrinkTo: 8,
    leaveOut: 3,
  },
  { title: 'MADE', value: one => timeText(one.createdAt), leaveOut: 1 },
  {
    title: 'LAST USED',
    value: one => (one.lastUsedAt === null ? 'never' : agoText(one.lastUsedAt, now)),
  },
  {
    title: 'EXPIRES',
    value: one => (one.expiresAt === null ? 'never' : timeText(one.expiresAt)),
    style: (text, one, style) =>
      one.expiresAt !== null && one.expiresAt <= now ? style.yellow(text) : text,
  },
]

const removeCommand = (context: Context): Command =>
  serverCommand('remove', {
    summary: 'take a key out of use, at once',
    description: 'The server lets nobody in any more who shows it.',
    examples: [['api-key remove deploy', 'a key that somebody may have seen']],
    seeAlso: ['api-key list'],
  })
    .argument('<key>', 'its name, or its id')
    .action(async (name: string, options: ServerOptions) => {
      const removed = await context.server().call(ApiKey, 'DELETE', `/api-keys/${segment(name)}`)
      context.finish(
        { text: [`API key ${printable(removed.name)} is removed`], json: { removed } },
        options,
      )
    })
