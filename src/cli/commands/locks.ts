import type { Command } from 'commander'
import { type Lock, LockList, Run } from '../../api/schema/runs.ts'
import { shortId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import { runName } from '../run-text.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'
import { stateStyle, stateText } from '../terminal/state.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { agoText } from '../terminal/when.ts'

/** `holdfast locks`: who holds what. */
export const locksCommand = (context: Context): Command =>
  serverCommand('locks', {
    summary: 'who holds what since when',
    description:
      'A run that waits or is at work has its source, its target or its repository to itself. A lock ends with its ' +
      'run; a worker that died gives its lock up by itself within a minute.',
    examples: [
      ['locks', 'what is held?'],
      ['locks release shop', 'by force: the last resort'],
    ],
    seeAlso: ['runs', 'cancel'],
  })
    .action(async (options: ServerOptions) => {
      const { locks } = await context.server().call(LockList, 'GET', '/locks')
      const { terminal, clock } = context
      const text =
        locks.length === 0
          ? ['nothing is locked: no run waits or is at work']
          : renderTable(columns(clock.now()), locks, terminal.width, terminal.style)
      context.finish({ text, json: { locks } }, options)
    })
    .addCommand(releaseCommand(context))

const releaseCommand = (context: Context): Command =>
  serverCommand('release', {
    summary: 'take a lock away by force',
    description:
      'Fails the run that holds the lock, whatever its worker does: should it still be alive, it can write nothing ' +
      'more. The record says who did it. Cancel the run instead where that helps.',
    examples: [['locks release shop', 'by what is locked, or by the id of the run']],
    seeAlso: ['locks', 'cancel'],
  })
    .argument('<lock>', 'what is locked, as `locks` shows it, or the id of its run')
    .action(async (lock: string, options: ServerOptions) => {
      const run = await context.server().call(Run, 'POST', '/locks/release', { body: { lock } })
      context.finish(
        {
          text: [`the lock of ${runName(run)} is released, and the run has failed`],
          json: { run },
        },
        options,
      )
    })

const columns = (now: Date): Column<Lock>[] => [
  {
    title: 'LOCKED',
    value: one => one.name,
    shrinkTo: 14,
    style: (text, _, style) => style.bold(text),
  },
  { title: 'RUN', value: one => shortId(one.runId) },
  { title: 'KIND', value: one => one.kind, leaveOut: 2 },
  {
    title: 'STATE',
    value: one => stateText(one.state),
    style: (text, one, style) => stateStyle(text, one.state, style),
  },
  { title: 'SINCE', value: one => agoText(one.since, now) },
  { title: 'BY', value: one => one.triggeredBy, shrinkTo: 12, leaveOut: 1 },
  { title: 'ON', value: one => one.host ?? '–', shrinkTo: 8, leaveOut: 3 },
]
