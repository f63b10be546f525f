import type { Command } from 'commander'
import { newCommand } from '../command.ts'
import type { Context } from '../context.ts'

const about = {
  summary: 'run a node that works for a server',
  description:
    'Performs runs of a server that works elsewhere, up to HOLDFAST_MAX_RUNS at once, until it is told to stop. ' +
    'Both need the same HOLDFAST_DATABASE_URL and the same secret key (HOLDFAST_SECRET_KEY_FILE). Any number of ' +
    'nodes may work side by side; what one leaves when it dies, another takes up.',
  examples: [
    ['worker', 'with HOLDFAST_DATABASE_URL and HOLDFAST_SECRET_KEY_FILE set'],
    ['worker', 'beside `holdfast serve` with the same HOLDFAST_DATA_DIR'],
  ],
  exits: {
    2: 'wrong use, or a setting in the environment makes no sense',
    12: 'the secret key is missing, or is that of another catalog',
    130: 'stopped before it was ready, or at once by a second signal',
  },
  seeAlso: ['serve'],
} as const

export function workerCommand(context: Context): Command {
  return newCommand('worker', about).action(async () => await context.work())
}
