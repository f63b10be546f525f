import type { Command } from 'commander'
import { Schedule } from '../../api/schema/schedules.ts'
import { shortId } from '../../core/ids.ts'
import { keepWords } from '../../core/retention.ts'
import { bytesText } from '../../operations/words.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'
import { stateStyle, stateText } from '../terminal/state.ts'
import { padEnd, printable } from '../terminal/text.ts'
import { agoText, durationText } from '../terminal/when.ts'
import { ownZone, zonedText } from '../terminal/zone.ts'

const LABEL_WIDTH = 12

/** `holdfast schedule show`: everything about one. */
export const scheduleShowCommand = (context: Context): Command =>
  serverCommand('show', {
    summary: 'show one schedule',
    description:
      'Shows what a schedule backs up, where to and when, its limits and its newest run.',
    examples: [['schedule show shop', 'by its source or its id']],
    seeAlso: ['schedule next', 'schedule edit', 'runs'],
  })
    .argument('<schedule>', 'its id, or its source')
    .action(async (name: string, options: ServerOptions) => {
      const path = `/schedules/${segment(name)}`
      const schedule = await context.server().call(Schedule, 'GET', path)
      context.finish({ text: lines(schedule, context), json: { schedule } }, options)
    })

function lines(schedule: Schedule, { terminal: { style }, clock }: Context): string[] {
  const { source, repository, words, lastRun, lastRunAt, retry, priority, maxBytes } = schedule
  const delays = (seconds: readonly number[]) =>
    seconds.length === 0 ? 'none' : `after ${seconds.map(durationText).join(', ')}`
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['when', printable(words)],
    ['next', nextText(schedule)],
    [
      'last run',
      lastRun === null
        ? 'none'
        : `${stateStyle(stateText(lastRun.state), lastRun.state, style)}  ${shortId(lastRun.id)}${lastRunAt === null ? '' : `, ${agoText(lastRunAt, clock.now())}`}`,
    ],
    ['retries', delays(retry.delays)],
    ['', `${delays(retry.networkDelays)} where the network fails`],
    ...(priority === 0 ? [] : [['priority', String(priority)] as const]),
    ['keeps', keepWords(schedule.keep)],
    ...(maxBytes === null ? [] : [['limit', `${bytesText(maxBytes)} of dump`] as const]),
  ]
  return [
    `schedule ${style.bold(shortId(schedule.id))}: ${printable(source)} into ${printable(repository)}`,
    ...rows.map(([label, value]) => `  ${padEnd(label, LABEL_WIDTH)}${value}`),
  ]
}

/** When a schedule fires next, in the time of this machine. */
export function nextText(schedule: Schedule): string {
  if (!schedule.enabled) return '‖ disabled'
  if (schedule.nextFire !== null) return zonedText(schedule.nextFire, ownZone())
  return schedule.afterScheduleId === null ? 'never again' : '–'
}
