import type { Command } from 'commander'
import { Stats } from '../../api/schema/runs.ts'
import { RUN_STATES } from '../../core/run.ts'
import { countText, plural } from '../../operations/words.ts'
import type { Context } from '../context.ts'
import { filterQuery, type RunFilterOptions, withRunFilters } from '../run-filter.ts'
import { serverCommand } from '../server-command.ts'
import { stateStyle, stateText } from '../terminal/state.ts'
import { padEnd } from '../terminal/text.ts'
import { durationText } from '../terminal/when.ts'

const STATE_WIDTH = 12

/** `holdfast stats`: numbers about runs. */
export function statsCommand(context: Context): Command {
  const command = serverCommand('stats', {
    summary: 'how many runs, and how many of them well',
    description: 'Counts runs by their state, and tells how many succeeded and how long they take.',
    examples: [
      ['stats', 'since ever'],
      ['stats --since 7d --kind backup', 'the backups of a week'],
    ],
    seeAlso: ['runs'],
  })
  return withRunFilters(command, context).action(async (options: RunFilterOptions) => {
    const stats = await context
      .server()
      .call(Stats, 'GET', '/stats', { query: filterQuery(options) })
    context.finish({ text: lines(stats, context), json: stats }, options)
  })
}

function lines(
  { total, byState, successRate, meanSeconds, p95Seconds }: Stats,
  { terminal }: Context,
): string[] {
  if (total === 0) {
    return ['no runs', '  start one: holdfast run SOURCE, or holdfast schedule add']
  }
  const width = countText(total).length
  return [
    plural(total, 'run'),
    ...RUN_STATES.filter(state => (byState[state] ?? 0) > 0).map(state => {
      const word = stateStyle(padEnd(stateText(state), STATE_WIDTH), state, terminal.style)
      return `  ${word} ${countText(byState[state] ?? 0).padStart(width)}`
    }),
    ...(successRate === null
      ? []
      : [`success ${(successRate * 100).toFixed(1)} % of those that completed or failed`]),
    ...(meanSeconds === null ? [] : [`mean    ${durationText(meanSeconds)}`]),
    ...(p95Seconds === null ? [] : [`95 %    took no longer than ${durationText(p95Seconds)}`]),
  ]
}
