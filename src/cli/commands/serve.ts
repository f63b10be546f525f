import type { Command } from 'commander'
import { newCommand } from '../command.ts'
import type { Context } from '../context.ts'

const about = {
  summary: 'run the server: schedules, runs and the API',
  description:
    'Starts schedules when they are due, performs runs and answers the API, until it is told to stop. Nothing ' +
    'has to be set up first: it keeps its catalog in a PostgreSQL of its own below HOLDFAST_DATA_DIR, or in the ' +
    'database that HOLDFAST_DATABASE_URL names. Ctrl-C or SIGTERM lets what runs come to an end first; a second ' +
    'one stops at once, and the next start takes up what was left.',
  examples: [
    ['serve', 'on 127.0.0.1:7420'],
    ['serve 2>> /var/log/holdfast.log', 'with a log for machines: one JSON document a line'],
  ],
  exits: {
    2: 'wrong use, or a setting in the environment makes no sense',
    11: 'another server works in the same data directory',
    12: 'the secret key is missing, or is that of another catalog',
    130: 'stopped before it was ready, or at once by a second signal',
  },
  seeAlso: ['worker'],
} as const

export function serveCommand(context: Context): Command {
  return newCommand('serve', about).action(async () => await context.serve())
}
