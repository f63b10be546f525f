import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { Done } from '../../api/schema/common.ts'
import { Run } from '../../api/schema/runs.ts'
import { WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { runName } from '../run-text.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'

interface AllOptions extends ServerOptions {
  readonly all?: boolean
}

export const pauseCommand = (context: Context): Command =>
  serverCommand('pause', {
    summary: 'pause a run, or everything',
    description:
      'The processes of a paused run stand still, and it keeps its place; one that waits is held back. With --all ' +
      'nothing new starts either, until `resume --all`.',
    examples: [
      ['pause 4f2a91c0', 'one run'],
      ['pause --all', 'everything, for maintenance'],
    ],
    exits: { 1: 'failed, or the run is over' },
    seeAlso: ['resume', 'cancel', 'runs'],
  })
    .argument('[run]', 'its id, or the beginning of it')
    .option('--all', 'everything that runs, and nothing new starts')
    .action(async (run: string | undefined, options: AllOptions) => {
      if (!options.all) return await steer(context, 'pause', named(run), options)
      refuseBoth(run)
      await context.server().call(Done, 'POST', '/pause-all')
      context.finish(
        {
          text: ['everything is paused: nothing new starts', '  to go on: holdfast resume --all'],
          json: { paused: 'all' },
        },
        options,
      )
    })

export const resumeCommand = (context: Context): Command =>
  serverCommand('resume', {
    summary: 'let a paused run go on, or everything',
    description:
      'Lets a paused run go on where it stood. With --all everything goes on that `pause --all` paused; runs that ' +
      'were paused by name stay paused.',
    examples: [
      ['resume 4f2a91c0', 'one run'],
      ['resume --all', 'the maintenance is over'],
    ],
    exits: { 1: 'failed, or the run is over' },
    seeAlso: ['pause', 'runs'],
  })
    .argument('[run]', 'its id, or the beginning of it')
    .option('--all', 'everything that was paused by pause --all')
    .action(async (run: string | undefined, options: AllOptions) => {
      if (!options.all) return await steer(context, 'resume', named(run), options)
      refuseBoth(run)
      await context.server().call(Done, 'POST', '/resume-all')
      context.finish({ text: ['everything goes on'], json: { resumed: 'all' } }, options)
    })

export const cancelCommand = (context: Context): Command =>
  serverCommand('cancel', {
    summary: 'cancel a run',
    description:
      'Ends a run: at once when it waits, else as soon as its processes have ended and cleaned up behind ' +
      'themselves. A backup that is just being completed is not cancelled any more.',
    examples: [['cancel 4f2a91c0', 'an id as shown by runs']],
    exits: { 1: 'failed, or the run is over' },
    seeAlso: ['runs', 'pause', 'locks'],
  })
    .argument('<run>', 'its id, or the beginning of it')
    .action((run: string, options: ServerOptions) => steer(context, 'cancel', run, options))

export const retryCommand = (context: Context): Command =>
  serverCommand('retry', {
    summary: 'try a run again, now',
    description:
      'Ends the pause before the next attempt of a run that is to be tried again. What failed or was cancelled is ' +
      'asked for anew, as a run of its own that says which one it repeats.',
    examples: [['retry 4f2a91c0', 'the database is back']],
    exits: { 1: 'failed, or the run completed or is still at work', 11: 'its source is at work' },
    seeAlso: ['runs', 'run show', 'cancel'],
  })
    .argument('<run>', 'its id, or the beginning of it')
    .action(async (name: string, options: ServerOptions) => {
      const sending = { idempotencyKey: randomUUID() }
      const path = `/runs/${segment(name)}/retry`
      const run = await context.server().call(Run, 'POST', path, sending)
      const of = run.repeats === null ? '' : `, which repeats ${shortId(run.repeats)},`
      context.finish(
        {
          text: [
            `${runName(run)}${of} is ${run.state}`,
            `  to see it: holdfast run show ${shortId(run.id)} --follow`,
          ],
          json: { run },
        },
        options,
      )
    })

async function steer(
  context: Context,
  verb: 'pause' | 'resume' | 'cancel',
  name: string,
  options: ServerOptions,
): Promise<void> {
  const run = await context.server().call(Run, 'POST', `/runs/${segment(name)}/${verb}`)
  context.finish({ text: [outcome(verb, run)], json: { run } }, options)
}

/** What is asked for may take a moment: a worker does it. */
function outcome(verb: 'pause' | 'resume' | 'cancel', run: Run): string {
  const what = runName(run)
  if (verb === 'resume') return `${what} goes on`
  if (verb === 'cancel') {
    return run.state === 'cancelled' ? `${what} is cancelled` : `${what} is being cancelled`
  }
  const undo = `; to go on: holdfast resume ${shortId(run.id)}`
  return run.state === 'paused' ? `${what} is paused${undo}` : `${what} is being paused${undo}`
}

function named(run: string | undefined): string {
  if (run !== undefined) return run
  throw new WrongUse({
    why: 'no run was named',
    hint: 'give its id, as `holdfast runs` shows it, or --all',
  })
}

function refuseBoth(run: string | undefined): void {
  if (run === undefined) return
  throw new WrongUse({ why: 'a run and --all were given', hint: 'give one of them' })
}
