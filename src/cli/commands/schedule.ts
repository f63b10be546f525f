import type { Command } from 'commander'
import { ChangedSchedule, type Schedule, ScheduleList } from '../../api/schema/schedules.ts'
import { WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { keepWords } from '../../core/retention.ts'
import { countText, plural } from '../../operations/words.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { type SettingOptions, settingsOf, withSettings } from '../schedule-options.ts'
import { groupCommand, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { agoText } from '../terminal/when.ts'
import { ownZone } from '../terminal/zone.ts'
import { scheduleNextCommand } from './schedule-next.ts'
import { scheduleRetentionCommand } from './schedule-retention.ts'
import { nextText, scheduleShowCommand } from './schedule-show.ts'

interface EditOptions extends SettingOptions {
  readonly repository?: string
}

interface AddOptions extends SettingOptions {
  readonly source?: string
  readonly repository?: string
}

interface ListOptions extends ServerOptions {
  readonly source?: string
}

/** `holdfast schedule …`: when sources are backed up. */
export const scheduleCommand = (context: Context): Command =>
  groupCommand(
    'schedule',
    {
      summary: 'when sources are backed up',
      description:
        'A schedule backs one source up into one repository, by the clock of its own time zone or whenever another ' +
        'schedule has completed. A source may have several. A schedule is named by its id, the beginning of it, or ' +
        'by its source when that has only this one.',
      examples: [
        ['schedule add --source shop --repository main --cron "daily at 02:30"', 'every night'],
        ['schedule next shop', 'when exactly?'],
        ['schedule edit shop --cron "weekdays at 23:00"', 'at another time'],
        ['schedule retention shop --keep daily=7,weekly=4', 'what would such a rule keep?'],
      ],
      seeAlso: ['source', 'repo', 'scheduler', 'runs'],
    },
    [
      addCommand(context),
      listCommand(context),
      scheduleShowCommand(context),
      scheduleNextCommand(context),
      scheduleRetentionCommand(context),
      editCommand(context),
      switchCommand(context, 'enable'),
      switchCommand(context, 'disable'),
      removeCommand(context),
    ],
  )

const addCommand = (context: Context): Command =>
  withSettings(
    serverCommand('add', {
      summary: 'add a schedule',
      description:
        'Backs a source up by the clock (--cron) or after another schedule (--after). Words that --cron knows: ' +
        'hourly, every 15 minutes, daily at 02:30, weekdays at 02:30, weekly on monday at 02:30, monthly on day 31 ' +
        'at 01:00, yearly on 29 february at 01:00.',
      examples: [
        [
          'schedule add --source shop --repository main --cron "30 2 * * *" --time-zone Europe/Berlin',
          'every night',
        ],
        [
          'schedule add --source shop --repository main --cron hourly --blackout "mon-fri 08:00-18:00"',
          'outside of office hours',
        ],
        [
          'schedule add --source stats --repository main --after shop',
          'once the other one is done',
        ],
      ],
      exits: { 2: 'wrong use, or a time that cannot be' },
      seeAlso: ['schedule next', 'schedule list', 'run'],
    })
      .option('-s, --source <name>', 'what is backed up')
      .option('-r, --repository <name>', 'where to'),
  ).action(async (options: AddOptions) => {
    const body = {
      source: required(options.source, '--source', 'source'),
      repository: required(options.repository, '--repository', 'repository'),
      ...settingsOf(options),
      ...(options.cron !== undefined && { timeZone: options.timeZone ?? ownZone() }),
    }
    const schedule = await context.server().call(ChangedSchedule, 'POST', '/schedules', { body })
    report(context, schedule, 'is added', options)
  })

const editCommand = (context: Context): Command =>
  withSettings(
    serverCommand('edit', {
      summary: 'change a schedule',
      description:
        'Changes what is given and leaves the rest; backups stay where they are. A run that is at work is not touched.',
      examples: [
        ['schedule edit shop --cron "daily at 04:00"', 'at another time'],
        ['schedule edit shop --repository nas', 'into another repository'],
        ['schedule edit shop --keep daily=7,weekly=4', 'which backups stay'],
        ['schedule edit 4f2a91c0 --blackout none --retry none', 'without windows and retries'],
      ],
      exits: { 2: 'wrong use, or a time that cannot be' },
      seeAlso: ['schedule list', 'schedule next'],
    })
      .argument('<schedule>', 'its id, or its source')
      .option('--repository <name>', 'back up into this one from now on; earlier backups stay'),
  ).action(async (name: string, options: EditOptions) => {
    const { repository } = options
    const body = { ...settingsOf(options), ...(repository !== undefined && { repository }) }
    if (Object.keys(body).length === 0) {
      throw new WrongUse({
        why: 'no change was named',
        hint: 'see `holdfast schedule edit --help`',
      })
    }
    const path = `/schedules/${segment(name)}`
    const schedule = await context.server().call(ChangedSchedule, 'PATCH', path, { body })
    report(context, schedule, 'is changed', options)
  })

function switchCommand(context: Context, verb: 'enable' | 'disable'): Command {
  const off = verb === 'disable'
  return serverCommand(verb, {
    summary: off ? 'keep a schedule from firing' : 'let a schedule fire',
    description: off
      ? 'The schedule stays and fires no more; a run that is at work goes on.'
      : 'The schedule fires again from now on; what it would have fired meanwhile is not caught up.',
    examples: [[`schedule ${verb} shop`, 'by its source or its id']],
    seeAlso: ['schedule list', 'scheduler'],
  })
    .argument('<schedule>', 'its id, or its source')
    .action(async (name: string, options: ServerOptions) => {
      const path = `/schedules/${segment(name)}/${verb}`
      const schedule = await context.server().call(ChangedSchedule, 'POST', path)
      report(context, schedule, `is ${verb}d`, options)
    })
}

const removeCommand = (context: Context): Command =>
  serverCommand('remove', {
    summary: 'remove a schedule',
    description:
      'The schedule fires no more. Its runs and its backups stay; a run that is at work goes on.',
    examples: [['schedule remove 4f2a91c0', 'an id as shown by schedule list']],
    exits: { 1: 'failed, or another schedule follows it' },
    seeAlso: ['schedule list', 'schedule disable'],
  })
    .argument('<schedule>', 'its id, or its source')
    .action(async (name: string, options: ServerOptions) => {
      const path = `/schedules/${segment(name)}`
      const removed = await context.server().call(ChangedSchedule, 'DELETE', path)
      context.finish(
        {
          text: [
            `schedule ${shortId(removed.id)} of ${printable(removed.source)} is removed; its backups stay`,
            ...effectLines(removed),
          ],
          json: { removed },
        },
        options,
      )
    })

const listCommand = (context: Context): Command =>
  serverCommand('list', {
    summary: 'list the schedules',
    description:
      'Lists every schedule: what it backs up, where to, when, and when next in the time of this machine.',
    examples: [['schedule list', 'what is backed up when?']],
    seeAlso: ['schedule add', 'schedule next'],
  })
    .option('--source <name>', 'only of this source')
    .action(async (options: ListOptions) => {
      const query = { source: options.source }
      const { schedules } = await context
        .server()
        .call(ScheduleList, 'GET', '/schedules', { query })
      const { terminal, clock } = context
      const text =
        schedules.length === 0
          ? [
              'no schedules yet',
              '  add one: holdfast schedule add --source NAME --repository NAME --cron "daily at 02:30"',
            ]
          : renderTable(columns(clock.now()), schedules, terminal.width, terminal.style)
      context.finish({ text, json: { schedules } }, options)
    })

const columns = (now: Date): Column<Schedule>[] => [
  { title: 'ID', value: one => shortId(one.id), style: (text, _, style) => style.bold(text) },
  { title: 'SOURCE', value: one => one.source, shrinkTo: 10 },
  { title: 'REPOSITORY', value: one => one.repository, shrinkTo: 8, leaveOut: 2 },
  { title: 'WHEN', value: one => one.words, shrinkTo: 16 },
  {
    title: 'NEXT',
    value: nextText,
    style: (text, one, style) => (one.enabled ? text : style.yellow(text)),
  },
  {
    title: 'LAST RUN',
    value: one => (one.lastRunAt === null ? 'never' : agoText(one.lastRunAt, now)),
    leaveOut: 1,
  },
]

function report(
  context: Context,
  schedule: ChangedSchedule,
  what: string,
  options: ServerOptions,
): void {
  const { style } = context.terminal
  const { source, repository, words } = schedule
  context.finish(
    {
      text: [
        `schedule ${style.bold(shortId(schedule.id))} ${what}: ${printable(source)} into ${printable(repository)}`,
        `  when  ${printable(words)}`,
        `  next  ${nextText(schedule)}`,
        ...(schedule.keep === null ? [] : [`  keep  ${keepWords(schedule.keep)}`]),
        ...effectLines(schedule),
      ],
      json: { schedule },
    },
    options,
  )
}

/** What becomes of backups by the rules as they are now. */
function effectLines({ retention }: ChangedSchedule): string[] {
  if (retention === null) return []
  const { goes, stays, comesBack, graceHours } = retention
  const back =
    comesBack === 0 ? [] : [`  ${plural(comesBack, 'backup')} marked by a rule stay after all`]
  if (goes === 0) return back
  return [
    ...back,
    `  ${plural(goes, 'backup')} of ${countText(goes + stays)} will be marked for deletion within the hour, and deleted ${graceHours} hours later`,
  ]
}

function required(value: string | undefined, option: string, what: string): string {
  if (value !== undefined) return value
  throw new WrongUse({
    why: `no ${what} was named`,
    hint: `add ${option} NAME; \`holdfast ${what === 'source' ? 'source' : 'repo'} list\` shows what there is`,
  })
}
