import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import type { KeySlot } from '../../operations/collaborators.ts'
import { addPassphrase, addRecoveryKey, listKeys, removeKey } from '../../operations/keys.ts'
import { type CommonOptions, newCommand, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { keyDocument } from '../documents.ts'
import { recoveryKeyLines } from '../terminal/box.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'

interface LabelOptions extends CommonOptions {
  readonly label: string
}

/** `holdfast keys …`: what opens a repository. */
export function keysCommand(context: Context): Command {
  return newCommand('keys', {
    summary: 'list, add and remove what opens a repository',
    description:
      'A repository opens with any of its passphrases and recovery keys. Each has a slot; the last slot ' +
      'cannot be removed. Whoever copied the repository before a slot was removed can still open the copy.',
    examples: [
      ['keys list', 'what opens this repository?'],
      ['keys add --label "night shift"', 'one more passphrase'],
      ['keys recovery', 'one more recovery key'],
    ],
    seeAlso: ['init'],
  })
    .helpCommand('help [command]', 'explain a command')
    .addCommand(listSubcommand(context))
    .addCommand(addSubcommand(context))
    .addCommand(recoverySubcommand(context))
    .addCommand(removeSubcommand(context))
}

const listSubcommand = (context: Context): Command =>
  repositoryCommand('list', {
    summary: 'list the key slots',
    description:
      'Lists every passphrase and recovery key by its slot; the secrets themselves are kept nowhere.',
    examples: [['keys list -r /srv/backups', 'what opens this repository?']],
    seeAlso: ['keys add', 'keys remove'],
  }).action(async (options: CommonOptions) => {
    const repository = await openRepository(context, options)
    const slots = await listKeys(repository, context.signal)
    const { terminal, clock } = context
    context.finish(
      {
        text: renderTable(columns(clock.now()), slots, terminal.width, terminal.style),
        json: { keys: slots.map(keyDocument) },
      },
      options,
    )
  })

const addSubcommand = (context: Context): Command =>
  repositoryCommand('add', {
    summary: 'add a passphrase',
    description:
      'Lets one more passphrase open the repository. It comes from HOLDFAST_NEW_PASSPHRASE, ' +
      'HOLDFAST_NEW_PASSPHRASE_FILE or a prompt. To change a passphrase: add the new one, remove the old one.',
    examples: [['keys add --label "since 2026"', 'asks for the new passphrase twice']],
    exits: {
      2: 'wrong use, or the passphrase is too weak',
      12: 'wrong passphrase or recovery key',
    },
    seeAlso: ['keys list', 'keys remove'],
  })
    .option('--label <text>', 'what it is for, shown by keys list', 'passphrase')
    .action(async (options: LabelOptions) => {
      const repository = await openRepository(context, options)
      const passphrase = await context.credentials.newPassphrase()
      const slot = await addPassphrase(repository, passphrase, options.label, context.signal)
      context.finish(
        { text: [`${slotText(slot)} was added`], json: { key: keyDocument(slot) } },
        options,
      )
    })

const recoverySubcommand = (context: Context): Command =>
  repositoryCommand('recovery', {
    summary: 'add a recovery key, and show it once',
    description:
      'Makes one more recovery key and shows it this once only. Earlier ones stay valid.',
    examples: [['keys recovery --label "safe, second floor"', 'a recovery key for the safe']],
    exits: { 12: 'wrong passphrase or recovery key' },
    seeAlso: ['keys list', 'keys remove'],
  })
    .option('--label <text>', 'where it is kept, shown by keys list', 'recovery key')
    .action(async (options: LabelOptions) => {
      const repository = await openRepository(context, options)
      const { slot, recoveryKey } = await addRecoveryKey(repository, options.label, context.signal)
      const { style, width } = context.terminal
      context.finish(
        {
          text: [`${slotText(slot)} was added`, '', ...recoveryKeyLines(recoveryKey, width, style)],
          json: { key: keyDocument(slot), recoveryKey: recoveryKey.reveal() },
        },
        options,
      )
    })

const removeSubcommand = (context: Context): Command =>
  repositoryCommand('remove', {
    summary: 'take a passphrase or recovery key out of use',
    description: 'Removes a key slot, named by its id or the beginning of it. The last one stays.',
    examples: [['keys remove 7c01d9aa', 'an id as shown by keys list']],
    exits: { 1: 'failed, or it is the last slot' },
    seeAlso: ['keys list', 'keys add'],
  })
    .argument('<slot>', 'its id, or the beginning of one')
    .action(async (prefix: string, options: CommonOptions) => {
      const repository = await openRepository(context, options)
      const slot = await removeKey(repository, prefix, context.signal)
      context.finish(
        { text: [`${slotText(slot)} was removed`], json: { removed: keyDocument(slot) } },
        options,
      )
    })

const slotText = (slot: KeySlot) => `key slot ${shortId(slot.id)} (${printable(slot.label)})`

const columns = (now: Date): Column<KeySlot>[] => [
  { title: 'ID', value: one => shortId(one.id) },
  { title: 'KIND', value: one => (one.kind === 'recovery' ? 'recovery key' : one.kind) },
  { title: 'LABEL', value: one => one.label, shrinkTo: 12 },
  { title: 'ADDED', value: one => timeText(new Date(one.created)), leaveOut: 1 },
  { title: 'AGE', value: one => agoText(new Date(one.created), now), leaveOut: 2 },
]
