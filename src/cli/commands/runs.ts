import type { Command } from 'commander'
import { MOST_LISTED, type Run, RunList } from '../../api/schema/runs.ts'
import { shortId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import { filterQuery, type RunFilterOptions, withRunFilters, withRunSearch } from '../run-filter.ts'
import { secondsOf, subjectOf, whyOf } from '../run-text.ts'
import { parseNumber, serverCommand } from '../server-command.ts'
import { stateStyle, stateText } from '../terminal/state.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { durationText, timeText } from '../terminal/when.ts'

interface Options extends RunFilterOptions {
  readonly limit: number
  readonly after?: string
  readonly csv?: boolean
}

const FEW = 20

/** `holdfast runs`: what ran and what runs. */
export function runsCommand(context: Context): Command {
  const command = serverCommand('runs', {
    summary: 'what ran, what runs and what waits',
    description: 'Lists runs, newest first. Each was asked for once and has this one record.',
    examples: [
      ['runs', 'the newest ones'],
      ['runs --state queued,running,paused,retrying', 'what is going on?'],
      ['runs --state failed --since 7d', 'what went wrong this week?'],
      ['runs --limit 200 --after 4f2a91c0', 'the page after that run'],
      ['runs --since 365d --csv > runs.csv', 'a year of runs for a spreadsheet'],
    ],
    seeAlso: ['run', 'run show', 'stats', 'cancel'],
  })
  return withRunSearch(withRunFilters(command, context))
    .option('--limit <count>', 'how many at most', parseNumber(1, MOST_LISTED), FEW)
    .option('--after <run>', 'go on after this run: the last one of the page before')
    .option(
      '--csv',
      'print all of them as comma-separated values; --limit and --after do not matter',
    )
    .action(async (options: Options) => {
      if (options.csv) {
        const { terminal } = context
        return await context.server().copy('/runs.csv', filterQuery(options), terminal.out)
      }
      const query = { ...filterQuery(options), limit: options.limit, after: options.after }
      const { runs, next } = await context.server().call(RunList, 'GET', '/runs', { query })
      context.finish({ text: lines(runs, next, context), json: { runs, next } }, options)
    })
}

function lines(runs: readonly Run[], next: string | null, { terminal, clock }: Context): string[] {
  if (runs.length === 0) {
    return ['no runs', '  start one: holdfast run SOURCE, or by itself: holdfast schedule add']
  }
  const { width, style } = terminal
  return [
    ...renderTable(columns(clock.now()), runs, width, style),
    ...(next === null ? [] : ['', `there are more: --after ${shortId(next)}`]),
  ]
}

const columns = (now: Date): Column<Run>[] => [
  { title: 'ID', value: one => shortId(one.id), style: (text, _, style) => style.bold(text) },
  { title: 'KIND', value: one => one.kind, leaveOut: 3 },
  {
    title: 'STATE',
    value: one => stateText(one.state),
    style: (text, one, style) => stateStyle(text, one.state, style),
  },
  { title: 'OF', value: subjectOf, shrinkTo: 10, readable: 12 },
  { title: 'TRIGGER', value: one => one.trigger, leaveOut: 4 },
  { title: 'QUEUED', value: one => timeText(one.queuedAt) },
  {
    title: 'TOOK',
    value: one => {
      const seconds = secondsOf(one, now)
      return seconds === undefined ? '–' : durationText(seconds)
    },
    right: true,
    leaveOut: 2,
  },
  { title: 'WHY', value: whyOf, shrinkTo: 12, readable: 14, leaveOut: 1 },
]
