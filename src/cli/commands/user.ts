import { type Command, Option } from 'commander'
import { InvitedUser, User, UserList } from '../../api/schema/users.ts'
import { ROLES } from '../../core/access.ts'
import { WrongUse } from '../../core/faults.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'

interface AddOptions extends ServerOptions {
  readonly name?: string
  readonly role?: string
  readonly setPassword?: boolean
}

interface EditOptions extends ServerOptions {
  readonly name?: string
  readonly role?: string
}

interface ResetOptions extends ServerOptions {
  readonly setPassword?: boolean
}

/** `holdfast user …`: the people who may log in. */
export const userCommand = (context: Context): Command =>
  groupCommand(
    'user',
    {
      summary: 'the people who may log in',
      description:
        'Whoever may run commands on the machine of the server needs no account; everybody else logs in. A viewer ' +
        'sees, an operator runs things, an admin changes what is set up.',
      examples: [
        [
          'user add ann@example.org --name Ann --role admin',
          'shows a link for her to set a password',
        ],
        ['user list', 'who may come in, and who did?'],
        ['user reset-two-factor ann@example.org', 'she has lost her device and her recovery codes'],
      ],
      seeAlso: ['api-key', 'audit'],
    },
    [
      addCommand(context),
      listCommand(context),
      editCommand(context),
      doCommand(context, 'disable', {
        summary: 'let somebody in no more',
        description:
          'Ends their sessions at once; their API keys open nothing until `user enable`.',
        done: 'may log in no more; their sessions have ended',
      }),
      doCommand(context, 'enable', {
        summary: 'let somebody in again',
        description:
          'Takes `user disable` back: password, second factor and API keys are as they were.',
        done: 'may log in again',
      }),
      removeCommand(context),
      resetPasswordCommand(context),
      doCommand(context, 'reset-two-factor', {
        summary: 'take a second factor away, for who has lost it',
        description:
          'Takes somebody’s second factor and recovery codes away and ends their sessions. It works on the machine ' +
          'of the server only: make sure first that it is them who ask.',
        done: 'has no second factor any more',
      }),
    ],
  )

const USER = 'their e-mail address, or their id'
const roleOption = (text: string) => new Option('--role <role>', text).choices([...ROLES])

const addCommand = (context: Context): Command =>
  serverCommand('add', {
    summary: 'give somebody an account',
    description:
      'Makes an account and shows a link, this once only, by which its owner sets a password within three days. ' +
      'With --set-password you set it yourself: it is asked for, or taken from HOLDFAST_NEW_PASSPHRASE_FILE.',
    examples: [
      ['user add ann@example.org --name Ann --role admin', 'send her the link'],
      ['user add ops@example.org --name Ops --role viewer --set-password', 'no link'],
    ],
    exits: { 1: 'failed, or the address is taken' },
    seeAlso: ['user list', 'user reset-password'],
  })
    .argument('<email>', 'by which they log in')
    .option('--name <name>', 'what people call them')
    .addOption(roleOption('what they may do'))
    .option('--set-password', 'set the password now, instead of a link')
    .action(async (email: string, options: AddOptions) => {
      const { name, role } = options
      if (name === undefined || role === undefined) {
        const hint = 'say what people call them, and viewer, operator or admin'
        throw new WrongUse({ why: '--name and --role were not both given', hint })
      }
      const password = await passwordOf(context, options)
      const added = await context
        .server()
        .call(InvitedUser, 'POST', '/users', { body: { email, name, role, ...password } })
      const { style } = context.terminal
      const text = [`${style.bold(printable(added.user.email))} has an account as ${role}`]
      context.finish({ text: [...text, ...linkText(context, added)], json: added }, options)
    })

async function passwordOf(
  { credentials }: Context,
  { setPassword }: ResetOptions,
): Promise<{ readonly password?: string }> {
  return setPassword ? { password: (await credentials.newPassword()).reveal() } : {}
}

function linkText({ terminal, clock }: Context, { invitation }: InvitedUser): string[] {
  if (invitation === null) return []
  const { link, expiresAt } = invitation
  const isWhole = /^https?:/.test(link)
  return [
    'They set their password here; it is shown this once only:',
    '',
    `  ${terminal.style.bold(isWhole ? link : `http://THE-SERVER${link}`)}`,
    '',
    `It opens once, until ${timeText(expiresAt)} (in ${Math.round((expiresAt.getTime() - clock.now().getTime()) / 3_600_000)} hours).`,
    ...(isWhole ? [] : ['Set HOLDFAST_URL for the server, and links will name its address.']),
  ]
}

const listCommand = (context: Context): Command =>
  serverCommand('list', {
    summary: 'list the people who have an account',
    description: 'Lists everybody with their role, and when they last logged in.',
    examples: [['user list', 'who may come in?']],
    seeAlso: ['user add', 'api-key list'],
  }).action(async (options: ServerOptions) => {
    const { users } = await context.server().call(UserList, 'GET', '/users')
    const { terminal, clock } = context
    const text =
      users.length === 0
        ? [
            'nobody has an account yet',
            '  make the first one: holdfast user add EMAIL --name NAME --role admin',
          ]
        : renderTable(columns(clock.now()), users, terminal.width, terminal.style)
    context.finish({ text, json: { users } }, options)
  })

const columns = (now: Date): Column<User>[] => [
  {
    title: 'E-MAIL',
    value: one => one.email,
    shrinkTo: 16,
    style: (text, _, style) => style.bold(text),
  },
  { title: 'NAME', value: one => one.name, shrinkTo: 10, leaveOut: 2 },
  { title: 'ROLE', value: one => one.role },
  { title: 'SECOND FACTOR', value: one => (one.twoFactor ? 'on' : 'off'), leaveOut: 3 },
  {
    title: 'LAST LOGIN',
    value: one => (one.lastLoginAt === null ? 'never' : agoText(one.lastLoginAt, now)),
    leaveOut: 1,
  },
  {
    title: 'STATE',
    value: one => (one.disabledAt === null ? 'active' : 'disabled'),
    style: (text, one, style) => (one.disabledAt === null ? text : style.yellow(text)),
  },
]

const editCommand = (context: Context): Command =>
  serverCommand('edit', {
    summary: 'change somebody’s name or role',
    description:
      'Changes what is given. With another role their sessions end, and they log in anew.',
    examples: [
      ['user edit ann@example.org --role operator', 'she runs things, and changes nothing'],
    ],
    exits: { 1: 'failed, or they are the last administrator' },
    seeAlso: ['user list'],
  })
    .argument('<user>', USER)
    .option('--name <name>', 'what people call them')
    .addOption(roleOption('what they may do'))
    .action(async (called: string, options: EditOptions) => {
      const { name, role } = options
      if (name === undefined && role === undefined) {
        throw new WrongUse({ why: 'nothing to change was given', hint: 'add --name or --role' })
      }
      const body = { ...(name !== undefined && { name }), ...(role !== undefined && { role }) }
      const path = `/users/${segment(called)}`
      const user = await context.server().call(User, 'PATCH', path, { body })
      const text = [`${printable(user.email)} is ${printable(user.name)}, ${user.role}`]
      context.finish({ text, json: { user } }, options)
    })

const doCommand = (
  context: Context,
  verb: 'disable' | 'enable' | 'reset-two-factor',
  about: { readonly summary: string; readonly description: string; readonly done: string },
): Command =>
  serverCommand(verb, {
    summary: about.summary,
    description: about.description,
    examples: [[`user ${verb} ann@example.org`, about.summary]],
    exits: { 1: 'failed, or it cannot be done' },
    seeAlso: ['user list'],
  })
    .argument('<user>', USER)
    .action(async (called: string, options: ServerOptions) => {
      const path = `/users/${segment(called)}/${verb}`
      const user = await context.server().call(User, 'POST', path)
      context.finish({ text: [`${printable(user.email)} ${about.done}`], json: { user } }, options)
    })

const removeCommand = (context: Context): Command =>
  serverCommand('remove', {
    summary: 'remove somebody’s account',
    description:
      'Removes an account with its sessions and API keys. What its owner did stays in the record.',
    examples: [['user remove ann@example.org', 'she has left']],
    exits: { 1: 'failed, or they are the last administrator' },
    seeAlso: ['user disable', 'audit'],
  })
    .argument('<user>', USER)
    .action(async (called: string, options: ServerOptions) => {
      const removed = await context.server().call(User, 'DELETE', `/users/${segment(called)}`)
      const text = [`the account of ${printable(removed.email)} is removed`]
      context.finish({ text, json: { removed } }, options)
    })

const resetPasswordCommand = (context: Context): Command =>
  serverCommand('reset-password', {
    summary: 'let somebody set a new password',
    description:
      'Takes the password away, ends every session, and shows a link, this once only, by which a new one is set. ' +
      'A second factor stays on. With --set-password you set the new one yourself.',
    examples: [['user reset-password ann@example.org', 'she has forgotten it']],
    seeAlso: ['user reset-two-factor', 'user list'],
  })
    .argument('<user>', USER)
    .option('--set-password', 'set the password now, instead of a link')
    .action(async (called: string, options: ResetOptions) => {
      const body = await passwordOf(context, options)
      const path = `/users/${segment(called)}/reset-password`
      const reset = await context.server().call(InvitedUser, 'POST', path, { body })
      const text = [`the old password of ${printable(reset.user.email)} opens nothing any more`]
      context.finish({ text: [...text, ...linkText(context, reset)], json: reset }, options)
    })
