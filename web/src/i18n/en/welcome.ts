import { plural } from '../plural.ts'

/** The first start, from an empty server to the first proven backup. */
export const welcome = {
  title: 'Welcome',
  lead: 'Four steps to the first backup that is proven: it takes about two minutes.',
  steps: 'Steps',
  step: {
    repository: 'Where backups are kept',
    database: 'What is backed up',
    schedule: 'When',
    proof: 'First proof',
  },
  stepDone: 'done',
  notForYou: 'An administrator sets this server up',
  notForYouText: 'Your role may look at what there is, but not add databases and repositories.',
  repositoryTitle: 'Where should backups be kept?',
  repositoryLead:
    'In a repository: a directory in which everything is encrypted and each piece of data is stored once.',
  openInstead: 'There is a repository already? Open it instead',
  repositoryThere: 'Backups have a place',
  repositoryThereLead: 'More can be added under Repositories at any time.',
  toDatabase: 'Go on to the database',
  keyTitle: 'The recovery key',
  keyLead: (name: string) => `The repository ${name} is made. This key opens it in an emergency.`,
  databaseTitle: 'What should be backed up?',
  databaseLead: 'Connect to a PostgreSQL server and pick one or several of its databases.',
  databasesThere: (count: number) =>
    plural(count, { one: 'One database is added', other: `${count} databases are added` }),
  anotherDatabase: 'Add more databases',
  toSchedule: 'Go on to the schedule',
  scheduleTitle: 'When should it be backed up?',
  scheduleLead: 'The first backup starts right after this; then it goes by the schedule.',
  scheduleFor: (names: string) => `This is for: ${names}`,
  saveAndBackUp: 'Save and make the first backup',
  scheduleThere: 'Every database has a schedule',
  scheduleThereLead: 'Look at them and change them under Schedules.',
  toProof: 'Go on to the first backup',
  proofTitle: (count: number) =>
    plural(count, {
      one: 'The first backup and its proof',
      other: 'The first backups and their proofs',
    }),
  proofLead:
    'Each backup is read back from the repository and compared with its database, row by row. Backups go on when you leave this page; a proof that has not begun begins when you come back.',
  backUpNow: 'Make the first backup now',
  theBackup: 'Backup',
  theProof: 'Proof: comparison with the database',
  waiting: 'Waiting for its turn',
  tables: (count: number, text: string) =>
    plural(count, { one: `${text} table`, other: `${text} tables` }),
  rows: (count: number, text: string) =>
    plural(count, { one: `${text} row`, other: `${text} rows` }),
  differs:
    'That is usual where somebody works with the database at the same time: it has changed since the backup. A new backup is compared anew.',
  backUpAgain: 'Back up and compare again',
  notDone: 'it did not come to its end',
  tryAgain: 'Try again',
  proven: (count: number, tables: string, rows: string) =>
    plural(count, {
      one: `Your first backup is proven: ${tables}, ${rows}`,
      other: `Your first ${count} backups are proven: ${tables}, ${rows}`,
    }),
  provenMeans:
    'All of it was read back from the repository, decrypted, and found equal to the database. From now on the schedule does the work.',
  whatNext: 'What you can do next',
  tryRestore: 'Try a restore into a new database, while nothing is at stake',
  secondFactor: 'Protect your account with a second factor',
  invite: 'Invite others, so that you are not the only one who can restore',
  toOverview: 'Go to the overview',
  toSource: 'Look at this database',
}
