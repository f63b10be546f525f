import { plural } from '../plural.ts'

/** What happened how often, and on which days: `3 Nov and 5 Nov`. */
export interface CountedMark {
  readonly mark: 'completed' | 'failed' | 'skipped' | 'missed' | 'overdue'
  readonly count: number
  readonly days: string
  /** Further days, which are not named. */
  readonly more: number
}

const marks = {
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  missed: 'missed',
  overdue: 'overdue',
}

export const charts = {
  asTable: (title: string) => `Show “${title}” as a table`,
  asChart: (title: string) => `Show “${title}” as a chart`,
  values: (title: string) => `${title}, day by day: go through it with the arrow keys`,
  day: 'Day',
  marks,
  nothing: 'no backup',
  legend: 'What the signs mean',
  stripText: (name: string, days: number, counted: readonly CountedMark[]) => {
    const happened = counted.filter(({ count }) => count > 0)
    const told = happened.map(({ mark, count, days: on, more }) =>
      mark === 'completed'
        ? `${marks[mark]} on ${count}`
        : `${marks[mark]} on ${count} (${on}${more > 0 ? ` and ${more} more` : ''})`,
    )
    return `${name}, the last ${plural(days, { one: 'day', other: `${days} days` })}: ${
      told.length === 0 ? 'no backup' : told.join('; ')
    }`
  },
  calendarText: (busy: number, days: number, failing: number) =>
    `Backups on ${busy} of ${days} days${failing === 0 ? '' : `, with failures on ${failing}`}`,
  dayText: (completed: number, failed: number) =>
    completed + failed === 0 ? 'no backup' : `${completed} completed, ${failed} failed`,
  less: 'Fewer',
  moreWord: 'More',
}
