import type { Command } from 'commander'
import { Firings, MOST_FIRINGS } from '../../api/schema/schedules.ts'
import { shortId } from '../../core/ids.ts'
import { plural } from '../../operations/words.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { parseNumber, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText } from '../terminal/when.ts'
import { ownZone, zonedText } from '../terminal/zone.ts'

interface Options extends ServerOptions {
  readonly count: number
}

/** `Sun 2026-03-29 ` */
const DAY_LENGTH = 15

type Firing = Firings['firings'][number]

/** `holdfast schedule next`: when exactly? */
export const scheduleNextCommand = (context: Context): Command =>
  serverCommand('next', {
    summary: 'show the next firings',
    description:
      'Shows when a schedule fires next, in the time of its own zone and in that of this machine: jitter, blackouts ' +
      'and changes of the clocks are in it.',
    examples: [['schedule next shop', 'the next ten times']],
    seeAlso: ['schedule list', 'scheduler status'],
  })
    .argument('<schedule>', 'its id, or its source')
    .option('--count <number>', 'how many', parseNumber(1, MOST_FIRINGS), 10)
    .action(async (name: string, options: Options) => {
      const path = `/schedules/${segment(name)}/next`
      const query = { count: options.count }
      const next = await context.server().call(Firings, 'GET', path, { query })
      context.finish({ text: lines(next, context), json: next }, options)
    })

function lines({ schedule, firings }: Firings, { terminal, clock }: Context): string[] {
  const { width, style } = terminal
  const table = columns(schedule.timeZone, clock.now())
  const none =
    schedule.afterScheduleId === null
      ? 'it never fires'
      : 'it fires when that other one has completed'
  return [
    `schedule ${style.bold(shortId(schedule.id))} of ${printable(schedule.source)}: ${printable(schedule.words)}`,
    ...(schedule.enabled ? [] : [style.yellow('‖ disabled: it does not fire until it is enabled')]),
    '',
    ...(firings.length === 0 ? [none] : renderTable(table, firings, width, style)),
  ]
}

const columns = (zone: string, now: Date): Column<Firing>[] => [
  { title: zone, value: one => zonedText(one.at, zone) },
  ...(zone === ownZone()
    ? []
    : [
        {
          title: `HERE (${ownZone()})`,
          value: (one: Firing) => zonedText(one.at, ownZone()),
          leaveOut: 2,
        },
      ]),
  { title: 'IN', value: one => agoText(one.at, now).replace(/^in /, ''), leaveOut: 1 },
  { title: 'NOTE', value: one => note(one, zone), leaveOut: 3, shrinkTo: 20 },
]

function note({ slot, at, alsoFor }: Firing, zone: string): string {
  const [due, start] = [zonedText(slot, zone), zonedText(at, zone)]
  const isSameDay = due.slice(0, DAY_LENGTH) === start.slice(0, DAY_LENGTH)
  const was = due === start ? [] : [`due ${isSameDay ? due.slice(DAY_LENGTH) : due}`]
  const more = alsoFor === 0 ? [] : [`and ${plural(alsoFor, 'slot')} held back before it`]
  return [...was, ...more].join(', ')
}
