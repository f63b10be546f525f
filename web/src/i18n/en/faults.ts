import { sentence } from '../../parts/sentence.ts'
import { bySomeForm, type FaultWords, type Form, type KnownCode } from '../fault-words.ts'

/** What the hints of the server tell somebody to type who sits at a shell, or to send who writes a program. */
const OF_COMMANDS =
  /\bholdfast (?!on\b)[a-z-]+|HOLDFAST_[A-Z]|(^|[\s`])--[a-z]|\b(GET|POST) \/|lastToo|chmod/

/** Where the dashboard has a place for what the server's hint does by a command. */
const HINTS: Readonly<Partial<Record<KnownCode, string>>> = {
  DAMAGED:
    'open the repository and choose “Read all data” under “Checks”: that tells which backups and tables it hurts',
  OBJECT_MISSING:
    'open the repository and choose “Read all data” under “Checks”: that tells which backups need it',
  REPOSITORY_MISSING:
    'if it should be there, check that its disk is mounted; a new one is made under “Repositories”',
  REPOSITORY_KNOWN: 'use it by that name, or remove that one first, under its “Settings”',
  WRONG_PASSPHRASE:
    'check every sign of it; where the passphrase is lost, the recovery key opens the repository as well',
  LAST_KEY_SLOT: 'make another key first: open the repository, “Keys and emergency”',
  NO_SUCH_BACKUP: 'look under “Backups” for what there is',
  NO_SUCH_STREAM: 'choose one of these on the page of the backup, under “Files in this backup”',
  LAST_GOOD_BACKUP: 'make a newer one first, or delete it on its page, which asks once more',
  LAST_BACKUP_OF_SOURCE: 'make a newer one first, or delete it on its page, which asks once more',
  BACKUP_TOO_LARGE:
    'raise “Largest size” among the fine points of the schedule, or look for what made the database grow',
  TARGET_NOT_EMPTY:
    'name a database that does not exist yet, or choose to replace this one: what is restored is proven beside it, then they are swapped',
  TARGET_UNFIT:
    'use another login, or another server; where only owners and roles stand in the way, choose “Restore without owners and grants”',
  DATABASE_REFUSED: 'use such a login, or choose “Restore without owners and grants”',
  DATABASE_IN_USE:
    'close these connections, or choose “End these connections at the moment of the swap”',
  FILE_EXISTS: 'choose another name',
  NOT_FOUND: 'it may have been removed, or renamed: look at the list',
  IN_USE:
    'have what uses it use another one, or remove that first; a run can be cancelled on its page',
  RUN_IN_THE_WAY: 'wait for it, or cancel it on its page',
  RUN_NOT_OVER: 'wait for it, or cancel it first',
  WORKER_LOST: 'look whether that machine runs, and whether its worker reaches the catalog',
  LOGIN_REFUSED: 'try again; an administrator can send a new link',
  SESSION_REQUIRED: 'log in',
  KEY_REQUIRED: 'log in again',
  STEP_UP_REQUIRED: 'try again, and give your password or a code when you are asked for it',
  SETUP_REFUSED: 'take it from the log of the server; each start of the server makes a new one',
  SETUP_DONE: 'log in, or ask them for an account',
  TWO_FACTOR_STATE: 'load the page again: “Your account” tells whether the second factor is on',
  SERVER_UNREACHABLE: 'check that the server runs, and that it can be reached from here',
  WRONG_USE: 'correct what the sentence names, and try again',
}

const WHYS: readonly Form[] = [
  [
    /^there is no repository yet; add one: holdfast/,
    () => 'there is no repository yet; add one under “Repositories”',
  ],
]

const why = (text: string): string | undefined => bySomeForm(WHYS, text)

/** What the server says is good English; only what to type at a shell is of no use in a dashboard. */
export const faults: FaultWords = {
  why,
  line: () => undefined,
  of: ({ code, message, hint = '', problems = [] }) => ({
    what: sentence(message),
    hint: sentence((OF_COMMANDS.test(hint) && HINTS[code as KnownCode]) || hint) || undefined,
    problems: problems.map(one => ({ field: one.field, why: why(one.why) ?? one.why })),
  }),
}
