import { plural } from '../plural.ts'

export const repositories = {
  title: 'Repositories',
  lead: 'Where backups are kept: encrypted, and each piece of data only once.',
  repository: 'Repository',
  add: 'Add a repository',
  none: 'No repository yet',
  noneText:
    'A repository is a directory that keeps backups, best on another disk than the databases. Make one, and keep its recovery key: with the two you can restore even when this server is gone.',
  facts: 'Figures',
  backups: 'Backups',
  used: 'Used on storage',
  usedShort: 'Used',
  data: 'Data in backups',
  dataShort: 'Data',
  ratio: 'Saved by',
  lastBackup: 'Last backup',
  lastCheck: 'Last check',
  unmeasured: 'not measured yet',
  measured: 'Measured',
  measure: 'Measure now',
  measureDone: 'The repository has been measured',
  maxRuns: 'Runs at a time',
  noLimit: 'no limit',
  showBackups: 'Show its backups',
  tabs: {
    storage: 'Storage',
    checks: 'Checks',
    schedules: 'Schedules',
    keys: 'Keys and emergency',
    settings: 'Settings',
  },
  outOfReach: {
    sentence: (count: number) =>
      plural(count, {
        one: 'A repository cannot be reached',
        other: `${count} repositories cannot be reached`,
      }),
    besides: (sources: string, count: number) =>
      `${sources}, and ${plural(count, {
        one: 'a repository cannot be reached',
        other: `${count} repositories cannot be reached`,
      })}`,
    line: (ago: string) => `cannot be reached (noticed ${ago}).`,
    sign: 'cannot be reached',
    title: (ago: string) => `It cannot be reached; this was noticed ${ago}`,
    meanwhile:
      'Nothing is backed up to it, and nothing restored from it, until it is back. Holdfast goes on looking, and says so here.',
  },
  noSchedules: 'No schedule writes to it',
  noSchedulesText: 'Schedules of sources say which repository their backups go to.',
  next: 'Next run',
  afterOther: 'after another schedule',
  disabled: 'disabled',
  trends: {
    range: 'How long back',
    days: (days: number) => (days === 365 ? '1 year' : `${days} days`),
    used: 'Used on storage',
    ratio: 'Saved by deduplication and compression',
    added: 'Added by backups',
    backups: 'Backups in it',
    unmeasured: 'It appears once the repository has been measured, a while after its first backup.',
    nothing: 'It appears with the first backup.',
  },
  checks: {
    lead: 'A check looks whether everything that the backups need is there. Reading all data also finds what a disk has spoilt in silence.',
    now: 'The check at work',
    quick: 'Check now',
    thorough: 'Read all data …',
    thoroughTitle: 'Read all data?',
    readData: 'Read and check everything',
    readHint:
      'Reads every byte on the storage and compares it with its checksum. It may take hours; backups go on meanwhile.',
    started: 'The check has been asked for',
    showRun: 'Show the run',
    last: 'Last check',
    earlier: 'Before that:',
    never: 'It has never been checked here.',
  },
  keys: {
    title: 'What opens it',
    lead: 'Passphrases and recovery keys; the secrets themselves are kept nowhere.',
    label: 'Key',
    kind: 'Kind',
    kinds: { passphrase: 'Passphrase', recovery: 'Recovery key' },
    added: 'Added',
    slot: 'Slot',
    servers: 'Of this server',
    yours: 'Kept by people',
    emergency: 'Restore without this server',
    emergencyLead:
      'On any machine that has Holdfast and reaches the repository. The first line asks for the recovery key; leave it out, and the passphrase is asked for.',
    emergencyHint:
      'Nothing of this server is needed for it: everything a restore takes is in the repository.',
    lost: 'When a key is lost, or somebody may have seen it',
    lostLead:
      'As long as one passphrase or recovery key is left, it makes others. These commands ask for it.',
    makeRecovery: 'Make a new recovery key',
    makeRecoveryHint: 'Shown once. The keys there are go on opening it.',
    madeRecovery: 'The new recovery key',
    newRecovery: 'One more recovery key, shown once:',
    newPassphrase: 'One more passphrase:',
    remove: 'Take the lost one out of use, by its slot:',
    copies: 'Whoever copied the repository before can still open that copy with the old key.',
  },
  settings: {
    title: 'Name and limit',
    name: 'Name',
    maxRuns: 'Runs at a time',
    maxRunsHint: 'How many runs may work on it at once. Empty: no limit of its own.',
    noLimit: 'no limit',
    save: 'Save the changes',
    saved: 'The repository has been changed',
    refresh: 'Read the list of backups anew',
    refreshText:
      'Needed only where something else wrote to the repository: the command line, or another server. Backups are listed as they are found, and those that are gone disappear from the list.',
    refreshNow: 'Read it now',
    refreshed: 'The list of backups is as the repository is',
    asKnown: 'Everything was known already',
    adopted: (count: number) =>
      plural(count, { one: '1 backup was new', other: `${count} backups were new` }),
    dropped: (count: number) =>
      plural(count, { one: '1 backup is gone', other: `${count} backups are gone` }),
    unreadable: (count: number) =>
      plural(count, {
        one: 'The record of 1 backup cannot be read; a check tells more:',
        other: `The records of ${count} backups cannot be read; a check tells more:`,
      }),
    remove: 'Remove the repository',
    removeText: 'Takes the repository from this server. What it holds is not touched.',
    removeFirst: (schedules: number) =>
      plural(schedules, {
        one: 'A schedule writes to it. Have it write elsewhere, or remove it, first.',
        other: `${schedules} schedules write to it. Have them write elsewhere, or remove them, first.`,
      }),
    removeTitle: (name: string) => `Remove “${name}”?`,
    removeStays: (backups: string, place: string) =>
      `On the storage everything stays: ${backups} backups in ${place}. The repository can be opened again, here or on another server.`,
    removeGoes: 'This server forgets it and lists its backups no more. Nothing is backed up to it.',
    removeKey:
      'The key of this server is taken out of the repository. Make sure that you have the passphrase or the recovery key: without them nobody can open it again.',
    removed: (name: string) => `“${name}” has been removed from this server.`,
  },
}
