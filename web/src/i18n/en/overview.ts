import { plural } from '../plural.ts'
import type { SourceFacts } from './sources.ts'

const halts = {
  paused: 'everything is paused',
  'scheduler-stopped': 'the scheduler is stopped',
}
type Halts = readonly (keyof typeof halts)[]

const count = (number: number, one: string, other: string) =>
  `${number.toLocaleString('en')} ${plural(number, { one, other })}`

const lastGood = (made: string | undefined) =>
  made === undefined ? 'there is no good backup of it' : `its last good backup was made ${made}`

export const overview = {
  title: 'Overview',
  verdict: 'How you stand',
  needs: 'What needs attention',
  sentence: (needy: number, total: number, halted: Halts) => {
    if (needy > 0) {
      return total === 1
        ? 'Your source needs attention'
        : `${needy} of ${total} sources ${plural(needy, { one: 'needs', other: 'need' })} attention`
    }
    const all = total === 1 ? 'Your source is protected' : `All ${total} sources are protected`
    return halted.length === 0
      ? all
      : `${all}, but ${halted.map(halt => halts[halt]).join(' and ')}`
  },
  below: (last: string | undefined, next: string | undefined) =>
    [
      last === undefined ? 'No backup yet' : `Last good backup ${last}`,
      next === undefined ? 'nothing is planned' : `next run ${next}`,
    ].join(' · '),
  /** Behind the name of a source. */
  need: {
    never: ({ period }: SourceFacts) =>
      `has never been backed up${period === undefined ? '' : `, though a backup is due ${period}`}.`,
    overdue: ({ made, period }: SourceFacts) =>
      `is overdue: ${lastGood(made)}${period === undefined ? '' : `, and one is due ${period}`}.`,
    failing: ({ made }: SourceFacts) => `could not be backed up the last time; ${lastGood(made)}.`,
    waiting: ({ next }: SourceFacts) =>
      `has no backup yet${next === undefined ? '' : `; the first one is due ${next}`}.`,
    unscheduled: ({ made }: SourceFacts) =>
      `has no schedule, so nothing backs it up by itself; ${lastGood(made)}.`,
  },
  moreNeedy: (more: number) => `${count(more, 'more source needs', 'more sources need')} attention`,
  failedRun: 'See why it failed',
  failedRunOf: (name: string) => `See why it failed: ${name}`,
  addSchedule: 'Add a schedule',
  addScheduleTo: (name: string) => `Add a schedule: ${name}`,
  halt: {
    paused: 'Everything is paused: runs stand still, and nothing new is started.',
    'scheduler-stopped': 'The scheduler is stopped: no schedule fires.',
  },
  mendHalt: { paused: 'Resume everything', 'scheduler-stopped': 'Start the scheduler' },
  unproven: (unproven: number, total: number, longest: string) => {
    const proven = 'has been proven in the last 30 days'
    if (total === 1) return `No backup of ${longest} ${proven}.`
    const whose =
      unproven === total ? 'of any source' : `of ${count(unproven, 'source', 'sources')}`
    return `No backup ${whose} ${proven}; begin with ${longest}.`
  },
  nothing: 'Nothing is protected yet',
  nothingText:
    'Add the first database, say where its backups go and when they are made, and watch the first one being made and proven. It takes about three minutes.',
  nothingForOthers: 'An administrator has to add the first database.',
  begin: 'Set up the first backup',
  figures: {
    label: 'Figures',
    none: 'none',
    today: 'Runs today',
    todayFailed: (failed: number) => (failed === 0 ? 'none failed' : `${failed} failed`),
    success: (days: number) => `Success, ${days} days`,
    ofRuns: (completed: string, all: string) => `${completed} of ${all} backups completed`,
    kept: 'Protected data',
    keptIn: (backups: string, used: string) =>
      `in ${backups} ${backups === '1' ? 'backup' : 'backups'}, stored in ${used}`,
    next: 'Next scheduled run',
    noNext: 'no schedule fires',
  },
  active: 'Running now',
  moreActive: (more: number) => `${more} more`,
  sources: 'Sources',
  allSources: (total: number) => (total === 1 ? 'See the list' : `See all ${total}`),
  trends: {
    title: 'Over time',
    range: 'How long back',
    days: (days: number) => (days === 365 ? '1 year' : `${days} days`),
    success: 'Success rate',
    duration: 'Mean duration of a backup',
    stored: 'Space taken by all backups',
    dedup: 'Saved by deduplication and compression',
    year: 'The last year, day by day',
    noRuns: 'It appears with the first backup.',
    noStorage: 'It appears once a repository has been measured, a while after its first backup.',
  },
}
