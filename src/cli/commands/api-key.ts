import type { Command } from 'commander'
import { AddedApiKey, ApiKey, ApiKeyList } from '../../api/schema/api-keys.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'

/** `holdfast api-key …`: what lets programs and people elsewhere use the server. */
export const apiKeyCommand = (context: Context): Command =>
  groupCommand(
    'api-key',
    {
      summary: 'keys for programs and people elsewhere',
      description:
        'On its port the server answers only to whoever shows a key; commands of its own user on its own machine ' +
        'need none. A key may do everything.',
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
      'Makes a key. The server keeps only its SHA-256, so it can be shown this once only.',
    examples: [['api-key add deploy', 'the name stands in the record of what is done with it']],
    exits: { 1: 'failed, or the name is taken' },
    seeAlso: ['api-key list', 'api-key remove'],
  })
    .argument('<name>', 'whose key it is')
    .action(async (name: string, options: ServerOptions) => {
      const added = await context
        .server()
        .call(AddedApiKey, 'POST', '/api-keys', { body: { name } })
      context.finish(
        {
          text: [
            `API key ${printable(added.key.name)} is made; it is shown this once only:`,
            '',
            `  ${context.terminal.style.bold(printable(added.secret))}`,
            '',
            'It may do everything. On another machine:',
            '  export HOLDFAST_SERVER=https://this-server   HOLDFAST_API_KEY=hf_…',
          ],
          json: added,
        },
        options,
      )
    })

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
  { title: 'MADE', value: one => timeText(one.createdAt), leaveOut: 1 },
  {
    title: 'LAST USED',
    value: one => (one.lastUsedAt === null ? 'never' : agoText(one.lastUsedAt, now)),
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
