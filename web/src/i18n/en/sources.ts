import { plural } from '../plural.ts'

const verdict = {
  good: 'Protected',
  failing: 'Last backup failed',
  overdue: 'Overdue',
  never: 'Never backed up',
  waiting: 'Waits for its first backup',
  unscheduled: 'No schedule',
}

/** What is known of a source, as it is read: made `3 hours ago`, due `every day`, the next one `in 5 minutes`. */
export interface SourceFacts {
  readonly made: string | undefined
  readonly period: string | undefined
  readonly next: string | undefined
}

const USUAL: Readonly<Record<number, string>> = {
  60: 'every minute',
  3600: 'every hour',
  86400: 'every day',
  604800: 'every week',
}

export const sources = {
  title: 'Sources',
  lead: 'The databases that are backed up, and how each of them stands.',
  verdict,
  /** One sentence at the head of a source’s page. */
  standing: {
    good: ({ made, next }: SourceFacts) =>
      `Protected: its last good backup was made ${made}${next === undefined ? '' : `, the next one comes ${next}`}.`,
    failing: ({ made }: SourceFacts) =>
      made === undefined
        ? 'Its last backup did not complete, and there is no other one.'
        : `Its last backup did not complete; the last good one was made ${made}.`,
    overdue: ({ made, period }: SourceFacts) =>
      `Overdue: its last good backup was made ${made}, and one is due ${period}.`,
    never: ({ period }: SourceFacts) =>
      `It has never been backed up, though a backup is due ${period}.`,
    waiting: ({ next }: SourceFacts) =>
      `It has no backup yet${next === undefined ? '' : `; the first one comes ${next}`}.`,
    unscheduled: ({ made }: SourceFacts) =>
      made === undefined
        ? 'It has no backup, and no schedule that would make one.'
        : `It has no schedule; its last good backup was made ${made}.`,
  },
  whyFailed: 'See why it failed',
  every: (seconds: number, duration: string) => USUAL[seconds] ?? `every ${duration}`,
  period: (every: string) => `due ${every}`,
  noPeriod: 'no schedule',
  noNextRun: 'not planned',
  source: 'Source',
  lastGood: 'Last good backup',
  lastProof: 'Last proof',
  nextRun: 'Next run',
  lastDays: 'Last 30 days',
  action: 'Action',
  choose: (name: string) => `Choose ${name}`,
  chooseAll: 'Choose all that are shown',
  chosen: (count: number) =>
    plural(count, { one: '1 source chosen', other: `${count} sources chosen` }),
  backUpChosen: 'Back up those chosen',
  chosenStarted: (started: number, refused: number) =>
    refused === 0
      ? `${plural(started, { one: '1 backup has', other: `${started} backups have` })} been started`
      : `${plural(started, { one: '1 backup has', other: `${started} backups have` })} been started; ${refused} could not be`,
  forget: 'Choose none',
  parts: 'Parts of the list',
  partOf: (first: number, last: number, total: number) => `${first}–${last} of ${total}`,
  search: 'Search by name or database',
  filter: 'Show',
  filters: { all: 'All', attention: 'Need attention', ...verdict },
  add: 'Add a source',
  none: 'No source yet',
  noneText: 'A source is a database that Holdfast backs up. Add the first one to protect it.',
  noneFound: 'No source fits',
  noneFoundText: 'Nothing here has that name or stands like that.',

  backUpNow: 'Back up now',
  backUpOf: (name: string) => `Back up now: ${name}`,
  backUpStarted: (name: string) => `The backup of ${name} has been asked for`,
  prove: 'Prove the latest backup',
  proveOf: (name: string) => `Prove the latest backup: ${name}`,
  proveStarted: (name: string) => `The proof of the latest backup of ${name} has been asked for`,
  restore: 'Restore',
  progressOf: (kind: string, source: string) => `${kind} of ${source}`,
  notStarted: 'It was not started',
  runInTheWay: 'Another run is in the way',
  toRunInTheWay: 'Go to that run',
  whichRepository: 'Where to?',
  whichRepositoryHint:
    'There are several repositories, and no schedule of this source says which one is meant.',
  noRepository: 'There is no repository yet that a backup could go to.',
  addRepository: 'Add a repository',
  backUpThere: 'Back up there',
  proveThere: 'Prove that one',

  facts: 'How it stands',
  tabs: {
    backups: 'Backups',
    runs: 'Runs',
    schedules: 'Schedules',
    trends: 'Trends',
    settings: 'Settings',
  },
  allBackups: 'All backups of this source',
  allRuns: 'All runs of this source',
  noBackups: 'No backup yet',
  noBackupsText: 'Each backup of this database is listed here, with what it holds and its proof.',
  noRuns: 'No run yet',
  noRunsText: 'Everything that was done with this database is listed here.',
  noSchedules: 'No schedule',
  noSchedulesText:
    'Nothing backs this database up by itself. A schedule does, and lets old backups go.',
  addSchedule: 'Add a schedule',
  proven: 'Proven',
  notProven: 'not yet',
  pinned: 'Pinned',
  started: 'Asked for',
  took: 'Took',
  kind: 'What',
  by: 'Why',
  when: 'When',
  where: 'Where to',
  next: 'Next',
  disabled: 'Disabled',
  enabled: 'Enabled',

  trends: {
    range: 'How long back',
    days: (days: number) => (days === 365 ? '1 year' : `${days} days`),
    runs: 'Backups by day',
    completed: 'Completed',
    failed: 'Failed',
    duration: 'Duration',
    dump: 'Size of a dump',
    stored: 'Added to the repository by day',
    storedName: 'Added',
    year: 'The last year, day by day',
    empty: 'It appears with the first backup of this source.',
  },

  settings: {
    name: 'Name',
    nameHint: 'What people call it. Its backups keep their own label.',
    saveName: 'Save the name',
    nameSaved: 'The name is saved',
    connection: 'Connection',
    connectionHint: 'Where the database is, and as whom Holdfast reads it.',
    host: 'Server',
    port: 'Port',
    usualPort: 'the usual one',
    database: 'Database',
    user: 'User',
    password: 'Password',
    passwordSet: 'kept, never shown',
    passwordNotSet: 'none',
    tls: 'TLS',
    usualTls: 'as the server offers it',
    ca: 'Certificates',
    formerLabels: 'Also called',
    editConnection: 'Change the connection',
    connectionSaved: 'The connection is saved',
    test: 'Test the connection',
    testGood: 'The database answers, and everything a backup needs is there.',
    server: 'Version of the server',
    tool: 'Dumped by',
    estimate: 'Estimated dump',
    remove: 'Remove this source',
    removeText:
      'Holdfast forgets how to reach this database and does not back it up any more. Its backups and its runs stay and can still be restored.',
    removeFirst: (schedules: number) =>
      `${plural(schedules, { one: 'One schedule uses it. Remove that', other: `${schedules} schedules use it. Remove those` })} first, so that nothing waits for a backup that never comes.`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeStays:
      'The database itself is not touched. What stays: all its backups, their proofs, and the history of its runs.',
    removeGoes: 'What goes: the connection with its password, and its place on the overview.',
    removed: (name: string) => `${name} is removed; its backups stay`,
  },
}
