import type { Command } from 'commander'
import { Scheduler } from '../../api/schema/scheduler.ts'
import { plural } from '../../operations/words.ts'
import type { Context } from '../context.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'
import type { Style } from '../terminal/style.ts'
import { printable } from '../terminal/text.ts'
import { agoText, timeText } from '../terminal/when.ts'

/** `holdfast scheduler …`: whether schedules fire. */
export const schedulerCommand = (context: Context): Command =>
  groupCommand(
    'scheduler',
    {
      summary: 'whether schedules fire: status, start, stop',
      description:
        'A stopped scheduler fires nothing; what runs goes on, and runs by hand start as before. Once it is started ' +
        'again, each schedule catches up with one run.',
      examples: [['scheduler status', 'does it run, and what comes next?']],
      seeAlso: ['schedule', 'pause', 'runs'],
    },
    [statusCommand(context), switchCommand(context, 'start'), switchCommand(context, 'stop')],
  )

const statusCommand = (context: Context): Command =>
  serverCommand('status', {
    summary: 'does it run, and what comes next?',
    description: 'Shows whether schedules fire, what waits and runs, and the nodes that work.',
    examples: [['scheduler status', 'at a glance']],
    seeAlso: ['runs', 'schedule next'],
  }).action(async (options: ServerOptions) => {
    const status = await context.server().call(Scheduler, 'GET', '/scheduler')
    context.finish({ text: statusLines(status, context), json: status }, options)
  })

function switchCommand(context: Context, verb: 'start' | 'stop'): Command {
  const stops = verb === 'stop'
  return serverCommand(verb, {
    summary: stops ? 'let no schedule fire' : 'let schedules fire again',
    description: stops
      ? 'No schedule fires until the scheduler is started again; it stays stopped over restarts of the server.'
      : 'Lets schedules fire. What they missed meanwhile is caught up with one run each.',
    examples: [[`scheduler ${verb}`, stops ? 'for a while' : 'go on']],
    seeAlso: ['scheduler status'],
  }).action(async (options: ServerOptions) => {
    const status = await context.server().call(Scheduler, 'POST', `/scheduler/${verb}`)
    context.finish({ text: statusLines(status, context), json: status }, options)
  })
}

type Node = Scheduler['nodes'][number]

function nodeText(node: Node, now: Date, style: Style): string {
  const who = `${printable(node.host)}, process ${node.pid}`
  const seen = agoText(node.seenAt, now)
  if (node.lost) {
    return style.yellow(`${who}: gone without a word, last seen ${seen}`)
  }
  return `${who}, ${plural(node.maxRuns, 'run')} at once, seen ${seen}`
}

/** Schedules that would otherwise seem to be forgotten. */
const clockLines = (waiting: number, style: Style): string[] =>
  waiting === 0
    ? []
    : [
        `           ${style.yellow(`${plural(waiting, 'schedule')} waiting: the clock was set back`)}`,
        '           to go on at once: disable and enable what `holdfast schedule list` shows too late',
      ]

function statusLines(status: Scheduler, { terminal }: Context): string[] {
  const { style } = terminal
  const { state, paused, schedules, runs, nextFire, nodes } = status
  const isIdle = nodes.every(({ lost }) => lost)
  const off = schedules.disabled === 0 ? '' : `, ${schedules.disabled} disabled`
  const active = Object.entries(runs).filter(([, count]) => count > 0)
  const next =
    nextFire === null
      ? state === 'stopped'
        ? 'nothing: start it with `holdfast scheduler start`'
        : 'nothing: no schedule is enabled'
      : `${timeText(nextFire)}, ${agoText(nextFire, status.now)}`
  return [
    `scheduler  ${state === 'running' ? style.green('► running') : style.yellow('‖ stopped')}`,
    ...(paused
      ? [`           ${style.yellow('‖ everything is paused')}: holdfast resume --all`]
      : []),
    `schedules  ${plural(schedules.enabled, 'schedule')} enabled${off}`,
    ...clockLines(schedules.aheadOfClock, style),
    `next       ${next}`,
    `runs       ${active.length === 0 ? 'none waits or is at work' : active.map(([name, count]) => `${count} ${name}`).join(', ')}`,
    ...(isIdle ? [`nodes      ${style.red('none')}: nothing that is queued will start`] : []),
    ...nodes.map(
      (node, at) =>
        (at === 0 && !isIdle ? 'nodes' : '').padEnd(11) + nodeText(node, status.now, style),
    ),
  ]
}
