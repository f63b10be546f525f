import { plural } from '../plural.ts'

export const restore = {
  title: 'Restore',
  lead: 'Nothing is changed before the last step, and you can come back to every one of them.',
  notYours: 'Restoring takes an operator',
  notYoursText:
    'Your role may look at backups, but not restore them. Ask an operator or an administrator of this server.',
  toBackups: 'Look at the backups',
  steps: {
    backup: 'Backup',
    target: 'Target',
    check: 'Check',
    agree: 'Confirm',
  },
  stepsLabel: 'Steps of the restore',
  next: 'Next',
  back: 'Back',

  whichBackup: 'What to restore',
  from: 'Where from',
  fromBackups: 'A backup',
  fromFile: 'A dump file',
  sourceHint: 'The database that was backed up',
  pickSource: 'Choose a source',
  pickSourceText: 'Choose the source first: its backups appear here, the latest good one chosen.',
  orphan: (label: string) =>
    `${label} is no source here. Its backup can go to any server that you name in the next step; or choose a source, and its server and login are used.`,
  sources: 'Sources',
  unclaimed: 'In repositories, and no source here',
  asOf: 'As it was at this time or before',
  asOfHint: 'Leave it empty for the newest',
  chosenBackup: 'Backup to restore',
  latestGood: 'Latest good backup',
  none: (source: string) => `There is no backup of ${source} here`,
  noneText: 'Bring in a dump file, or look among the backups of other sources.',
  noneBefore: 'No backup is that old. Choose a later time.',
  tables: (count: number, text: string) =>
    plural(count, { one: `${text} table`, other: `${text} tables` }),
  rows: (count: number, text: string) =>
    plural(count, { one: `${text} row`, other: `${text} rows` }),
  damaged: 'Parts of this backup cannot be read. Choose another one, unless there is none.',
  nothingYet: 'There is no backup yet',
  nothingYetText:
    'Open the repository that holds your backups: whatever was backed up into it, by whichever server, can be restored at once. Or add a source, and back it up.',
  openRepository: 'Open a repository',
  addSource: 'Add a source',

  file: 'Dump file',
  fileHint: 'Made by pg_dump with --format=custom (-Fc)',
  filePick: 'Choose a file',
  fileClear: 'Take the file away',
  uploadSource: 'It is a dump of',
  uploadRepository: 'Keep it in',
  uploadText:
    'The file becomes a backup in a repository, is checked like every other one, and can then be restored.',
  upload: 'Upload the file',
  uploading: (name: string) => `Uploading ${name}`,
  uploadedBytes: (bytes: string, total: string) => `${bytes} of ${total}`,
  uploadReading: 'The server reads it …',
  uploadCancel: 'Stop the upload',
  uploadDone: (name: string) => `${name} is a backup now`,

  whereTo: 'Where to',
  to: {
    new: 'A new database on the same server',
    newText: (server: string) =>
      `Beside the one in use, on ${server}. Nothing that is there is touched: the safe way to look at old data.`,
    other: 'Another server',
    otherText: 'Any PostgreSQL server that this one reaches, by a URL or in fields.',
    replace: (database: string) => `In place of ${database}`,
    replaceText: (database: string) =>
      `The restored database takes the name ${database} in one moment. The one in use is kept under another name.`,
  },
  elsewhere: (label: string) =>
    `This server has no login for ${label}, so say where the backup goes. It is filled in as it was; change what is different today.`,
  databaseName: 'Name of the new database',
  databaseNameHint: 'It is made by the restore',
  nameTooLong: 'PostgreSQL takes names of up to 63 bytes',
  nameIsLive: 'This is the database in use. To replace it, choose that below.',
  server: {
    how: 'How to name the server',
    byUrl: 'Connection URL',
    byFields: 'Fields',
    url: 'Connection URL',
    urlHint: 'With the name of the database to restore into',
    host: 'Host',
    port: 'Port',
    database: 'Database',
    user: 'User',
    password: 'Password',
    tls: 'Encryption',
    tlsAsUsual: 'As the server offers it',
    kept: 'The login is used for this restore only, and is not kept after it.',
    replace: 'Replace that database if it holds something',
    replaceHint:
      'It is kept under another name. Without this, a database that is not empty is refused.',
  },

  checkTitle: 'Would it work?',
  checkLead: 'Looked at before anything is changed.',
  looking: 'Looking at the backup and at the server …',
  lookAgain: 'Check again',
  outcome: { ok: 'Fine', warning: 'Warning', problem: 'Problem', unknown: 'Not known' },
  check: {
    backup: 'Backup',
    login: 'Login',
    versions: 'Versions',
    rights: 'Rights',
    target: 'Target',
    connections: 'Connections',
    locale: 'Locale',
    extensions: 'Extensions',
    roles: 'Roles',
    owners: 'Owners',
    superuser: 'Superuser',
    tablespaces: 'Tablespaces',
    subscriptions: 'Subscriptions',
    space: 'Space',
  },
  problems: (count: number) =>
    plural(count, {
      one: 'One problem stands in the way. Mend it, then check again.',
      other: `${count} problems stand in the way. Mend them, then check again.`,
    }),
  ready: 'Everything is ready.',
  readyWith: (count: number) =>
    plural(count, {
      one: 'It would work, with one warning.',
      other: `It would work, with ${count} warnings.`,
    }),
  agreeWarnings: (count: number) =>
    plural(count, {
      one: 'I have read the warning and go on',
      other: `I have read the ${count} warnings and go on`,
    }),
  disconnect: 'End these connections at the moment of the swap',
  disconnectHint:
    'Whoever is connected then loses what is not committed, and connects again to the restored database.',
  noOwner: 'Restore without owners and grants',
  noOwnerHint: 'Everything then belongs to the login of the restore.',

  agreeTitle: 'What will happen',
  what: 'Backup',
  whatText: (source: string, time: string, age: string) => `${source}, from ${time} (${age} old)`,
  into: 'Into',
  will: {
    loadNew: (database: string) => `The backup is loaded into a new database, ${database}.`,
    loadBeside: (database: string) =>
      `The backup is loaded into a database beside ${database}, which stays in use meanwhile.`,
    prove:
      'Every table is read back and compared with the backup. Only if all are equal it goes on.',
    swap: (database: string) =>
      `Then both are renamed in one moment: the restored one becomes ${database}.`,
    swapNew: (database: string) => `Then it takes the name ${database}.`,
    kept: (database: string, kept: string) =>
      `The database that is ${database} today is kept as ${kept}. Nothing of it is deleted.`,
    disconnected: 'Connections that stand in the way of the renaming are ended.',
    notDisconnected:
      'Nobody’s connection is ended: if somebody connects before the renaming, the restore fails and changes nothing.',
    noOwner: 'Owners and grants are left out.',
    fail: (database: string) =>
      `If anything fails before the renaming, ${database} stays exactly as it is.`,
    failNew: 'If anything fails, nothing is left behind.',
  },
  losses: 'What will not be in it',
  lossesText: (age: string) =>
    `Everything that was written since the backup, ${age} ago, is not in the restored database. It is still in the one that is kept.`,
  lossesTables: (count: number) =>
    plural(count, {
      one: 'One table is not in the backup at all.',
      other: `${count} tables are not in the backup at all.`,
    }),
  lossesBack: (count: number) =>
    plural(count, {
      one: 'One table that is not there now comes back.',
      other: `${count} tables that are not there now come back.`,
    }),
  lossesEstimate:
    'Small tables have been counted; “about” stands where the server’s statistics had to do.',
  lossesUnknown: 'Nobody could look into the database in use, so what it has more is not known.',
  lossesFirst: (shown: string, all: string) => `${shown} of ${all} tables are shown.`,
  lossesBox: 'Tables in use and in the backup',
  table: 'Table',
  rowsNow: 'Rows now',
  about: (number: string) => `about ${number}`,
  rowsThen: 'Rows in the backup',
  difference: 'Difference',
  notInBackup: 'not in the backup',
  notThere: 'not there',
  typeName: (database: string) => `Type ${database} to confirm`,
  start: (database: string) => `Restore into ${database}`,
  startReplace: (database: string) => `Replace ${database}`,
  refused: 'The restore was not started',

  runTitle: (database: string) => `Restore into ${database}`,
  runLead: (source: string, time: string) => `${source}, from ${time}`,
  leave: 'You may leave this page: the restore goes on, and this address shows it.',
  asRun: 'Show it as a run, with its log',
  stages: 'Stages',
  stageDone: 'done',
  stageNow: 'now',
  stageAhead: 'to come',
  untouchedNewSoFar: 'Nothing that is in use is touched.',
  untouchedSoFar: (database: string) => `${database} is untouched so far.`,
  almost: 'The renaming takes place now.',

  done: (count: number, text: string) =>
    plural(count, {
      one: `Done, verified: ${text} table equal`,
      other: `Done, verified: ${text} tables equal`,
    }),
  donePlain: 'Done, and verified',
  doneText: (database: string, rows: string, took: string) =>
    `${database} holds what the backup holds: ${rows} were read back and compared. It took ${took}.`,
  recovered: 'An earlier attempt had done it when its worker died; this was found by looking.',
  reworded: (count: number) =>
    plural(count, {
      one: 'One definition is worded differently by this server; its data is equal.',
      other: `${count} definitions are worded differently by this server; their data is equal.`,
    }),
  warnings: 'Warnings',
  whatNext: 'What to do next',
  connect: 'Connect to it',
  connectText: 'Point your application here; the password is the one of its own login.',
  connectReplaced: 'The name is the old one, so your application finds it as before.',
  keptTitle: (name: string) => `The database of before is kept as ${name}`,
  drop: 'When you are sure that you do not need it any more, run this in another database of the server:',
  undo: 'To have it back, run this in another database of the server, with nobody connected:',
  dropNew:
    'If you only wanted to look at it, run this afterwards, in another database of the server:',
  another: 'Restore something else',

  failed: 'The restore failed',
  cancelled: 'The restore was cancelled',
  untouched: (database: string) => `${database} is untouched`,
  untouchedText:
    'Nothing was changed there: the restore works beside it, and had not come to the renaming.',
  untouchedNew: 'Nothing that was there is touched',
  untouchedNewText: (database: string) =>
    `${database} did not come to be, and what is on the server is as it was.`,
  maybe: (database: string) => `It is not known whether ${database} was replaced`,
  maybeText:
    'The connection was lost at the moment of the renaming, so nobody heard how it ended. Stop what writes to it, list the databases of the server, and look whether a kept one is beside it:',
  maybeKept: (pattern: string) =>
    `If there is one named like ${pattern}, the renaming took place, and that is the database of before.`,
  touched: (database: string) => `${database} is the restored one now`,
  touchedText: 'The renaming took place before it failed. Look at the run for what came after.',
  why: 'What went wrong',
  tryTitle: 'What to try',
  tryAgainText: 'Try the same again, when what was wrong is mended.',
  change: 'Change the target',
  changeText: 'Or restore the same backup to somewhere else, or another one.',
  otherBackup: 'Choose another backup',
  unknownBackup: 'a backup',
}
