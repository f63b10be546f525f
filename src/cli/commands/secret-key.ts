import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'

/** `holdfast secret-key …`: the key that seals the passwords in the catalog. */
export const secretKeyCommand = (context: Context): Command =>
  groupCommand(
    'secret-key',
    {
      summary: 'the key that seals passwords in the catalog',
      description:
        'Passwords of databases, keys of repositories and second factors are sealed in the catalog by a key in a ' +
        'file. Whoever has read that file and a copy of the catalog can open them all.',
      examples: [['secret-key rotate', 'somebody may have read the file']],
      seeAlso: ['serve'],
    },
    [rotateCommand(context)],
  )

const rotateCommand = (context: Context): Command =>
  serverCommand('rotate', {
    summary: 'seal everything with a new key',
    description:
      'Makes a new key and seals everything in the catalog with it, all at once or, where it is broken off, not at ' +
      'all. The server and all its workers must be stopped. The old key is kept in a file beside the new one: copies ' +
      'of the catalog that were made before open with it only. Other nodes need a copy of the new file before they ' +
      'start. What could be read with the old key is known to whoever read it: change these passwords, too.',
    examples: [['secret-key rotate', 'as the user that the server runs as, with its environment']],
    exits: {
      2: 'wrong use, or a setting in the environment makes no sense',
      11: 'a server or a worker is at work; nothing was changed',
      12: 'the secret key is missing, or is that of another catalog',
    },
    seeAlso: ['serve', 'worker'],
  }).action(async (options: ServerOptions) => {
    const change = await context.rotateSecretKey()
    const values = change.values === 1 ? '1 value is' : `${change.values} values are`
    const text = [
      `${values} sealed with a new key, which is in ${change.path}`,
      `  the old one is in ${change.oldPath}: remove it once the server works and no older copy of the catalog is kept`,
      '  save the new one apart from the catalog, and copy it to every other node before it starts',
    ]
    context.finish({ text, json: { ...change } }, options)
  })
