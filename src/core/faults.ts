import {
  DAMAGED,
  FAILED,
  INTERRUPTED,
  LOCKED,
  NO_BACKUP,
  NO_REPOSITORY,
  WRONG_KEY,
  WRONG_USE,
} from './exit-codes.ts'
import { fault } from './fault.ts'

// Those of accounts, of backups on a server, of the catalog, its runs and the server.
export * from './access-faults.ts'
export * from './backup-faults.ts'
export * from './server-faults.ts'

// ── wrong use ────────────────────────────────────────────────────────────────────────────────

export const WrongUse = fault('WRONG_USE', {
  status: 422,
  exit: WRONG_USE,
  retry: false,
  text: (d: { why: string; hint?: string }) => d.why,
  hint: d => d.hint ?? 'run the command with --help to see how it is used',
})

export const Interrupted = fault('INTERRUPTED', {
  status: 499,
  exit: INTERRUPTED,
  retry: false,
  text: (d: { what: string }) => `${d.what} was interrupted`,
  hint: () => 'nothing half-done is left behind; run it again when ready',
})

// ── storage ──────────────────────────────────────────────────────────────────────────────────

export const ObjectMissing = fault('OBJECT_MISSING', {
  status: 404,
  exit: DAMAGED,
  retry: false,
  text: (d: { key: string; place: string }) => `${d.key} is not in ${d.place}`,
  hint: () => 'run `holdfast check` to see which backups need it',
})

export const ObjectExists = fault('OBJECT_EXISTS', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { key: string; place: string }) => `${d.key} is already in ${d.place}`,
  hint: () => 'objects are written once; nothing was changed',
})

export const StorageFull = fault('STORAGE_FULL', {
  status: 507,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; key: string }) =>
    `no space is left in ${d.place} while writing ${d.key}`,
  hint: () =>
    'free some space there and run it again: all earlier backups are whole, and what was already stored is reused',
})

export const SpaceTooSmall = fault('SPACE_TOO_SMALL', {
  status: 507,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; source: string; free: string; expected: string }) =>
    `${d.place} has ${d.free} free, too little for ${d.source}, whose dump is about ${d.expected}`,
  hint: () => 'free some space there, or use a repository on a larger disk; nothing was written',
})

export const StorageReadOnly = fault('STORAGE_READ_ONLY', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; key: string; why: string }) =>
    `${d.place} does not let us write ${d.key}: ${d.why}`,
  hint: () => 'give this user the right to write there, or mount the file system writable',
})

export const StorageUnreachable = fault('STORAGE_UNREACHABLE', {
  status: 502,
  exit: FAILED,
  retry: true,
  /** `absent`: the place itself is not there, so no repository can be in it. */
  text: (d: { place: string; what: string; why: string; absent?: boolean }) =>
    `could not ${d.what} in ${d.place}: ${d.why}`,
  hint: () => 'check that the storage is mounted, reachable and readable by this user',
})

export const PlaceRefused = fault('PLACE_REFUSED', {
  status: 422,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; roots: readonly string[] }) =>
    `${d.place} is outside of the directories where this server has repositories, or a symbolic link leads out of them`,
  hint: d =>
    `name a place below ${d.roots.join(' or ')}; its administrator names these directories with HOLDFAST_REPOSITORY_ROOTS`,
})

// ── repository ───────────────────────────────────────────────────────────────────────────────

export const RepositoryMissing = fault('REPOSITORY_MISSING', {
  status: 404,
  exit: NO_REPOSITORY,
  retry: false,
  text: (d: { place: string }) => `there is no repository in ${d.place}`,
  hint: d =>
    `if it should be there, check that its disk is mounted; to make a new one: holdfast init --repository ${d.place}`,
})

export const OtherRepository = fault('OTHER_REPOSITORY', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { place: string }) => `another repository is in ${d.place} than the one that was added`,
  hint: () => 'check that the right disk is mounted; to use both, add each at a place of its own',
})

export const RepositoryExists = fault('REPOSITORY_EXISTS', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { place: string }) => `there is already a repository in ${d.place}`,
  hint: () => 'use it as it is, or choose another place',
})

export const PlaceNotEmpty = fault('PLACE_NOT_EMPTY', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; found: string }) =>
    `${d.place} is not empty (it holds ${d.found}), so no repository was made there`,
  hint: () => 'choose a new or empty directory',
})

export const RepositoryTooNew = fault('REPOSITORY_TOO_NEW', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; needs: string }) =>
    `the repository in ${d.place} needs ${d.needs}, which this version of holdfast does not know`,
  hint: () => 'upgrade holdfast on this machine; nothing was changed',
})

export const RepositoryLocked = fault('REPOSITORY_LOCKED', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { what: string; by: string; since: string }) =>
    `${d.what} is in use by ${d.by} since ${d.since}`,
  hint: () => 'wait for it to end; a session that died is given up 30 minutes after its last sign',
})

export const WrongPassphrase = fault('WRONG_PASSPHRASE', {
  status: 403,
  exit: WRONG_KEY,
  retry: false,
  text: (d: { what: 'passphrase' | 'recovery key'; place: string }) =>
    `no key slot of the repository in ${d.place} opens with this ${d.what}`,
  hint: d =>
    d.what === 'passphrase'
      ? 'check HOLDFAST_PASSPHRASE or HOLDFAST_PASSPHRASE_FILE; if it is lost, use the recovery key (HOLDFAST_RECOVERY_KEY)'
      : 'check every group of the recovery key as it was shown by `holdfast init`',
})

export const LastKeySlot = fault('LAST_KEY_SLOT', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { slot: string }) =>
    `key slot ${d.slot} is the last one that opens this repository, so it was not removed`,
  hint: () => 'add another passphrase first: holdfast keys add',
})

export const SessionLost = fault('SESSION_LOST', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { session: string; why: string }) =>
    `session ${d.session} in the repository ended before the work did: ${d.why}`,
  hint: () => 'the backup was not committed; run it again, what was stored is reused',
})

export const Damaged = fault('DAMAGED', {
  status: 500,
  exit: DAMAGED,
  retry: false,
  text: (d: { what: string; why: string }) => `${d.what} is damaged: ${d.why}`,
  hint: () => 'run `holdfast check --read-data` to see which backups and tables it hurts',
})

export const NoSuchBackup = fault('NO_SUCH_BACKUP', {
  status: 404,
  exit: NO_BACKUP,
  retry: false,
  text: (d: { name: string; why: string }) => `no backup is called ${d.name}: ${d.why}`,
  hint: () => 'run `holdfast list` to see what there is',
})

export const NoSuchStream = fault('NO_SUCH_STREAM', {
  status: 404,
  exit: NO_BACKUP,
  retry: false,
  text: (d: { backup: string; stream: string; has: string }) =>
    `backup ${d.backup} has no stream ${d.stream}; it has ${d.has}`,
  hint: () => 'choose one of these with --stream',
})

export const LastGoodBackup = fault('LAST_GOOD_BACKUP', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { backup: string; source: string }) =>
    `backup ${d.backup} is the last one of ${d.source}, so it was not forgotten`,
  hint: () => 'add --force to forget it all the same',
})

// ── files ────────────────────────────────────────────────────────────────────────────────────

export const FileExists = fault('FILE_EXISTS', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { path: string }) => `${d.path} is there already, so nothing was written`,
  hint: () => 'choose another name, or add --force to overwrite it',
})

export const FileUnwritable = fault('FILE_UNWRITABLE', {
  status: 507,
  exit: FAILED,
  retry: false,
  text: (d: { path: string; why: string }) => `could not write ${d.path}: ${d.why}`,
  hint: () => 'check the directory, its rights and the space on its disk; no part of it was left',
})

// ── programs and databases ───────────────────────────────────────────────────────────────────

export const ToolMissing = fault('TOOL_MISSING', {
  status: 422,
  exit: FAILED,
  retry: false,
  text: (d: { tool: string; why: string; install: string }) => `no usable ${d.tool}: ${d.why}`,
  hint: d => d.install,
})

export const ToolFailed = fault('TOOL_FAILED', {
  status: 502,
  exit: FAILED,
  retry: true,
  text: (d: { tool: string; how: string; lastWords: string }) =>
    `${d.tool} ${d.how}${d.lastWords === '' ? '' : `: ${d.lastWords}`}`,
  hint: () => 'nothing was kept of the failed attempt; the message above is the program’s own',
})

export const DumpTruncated = fault('DUMP_TRUNCATED', {
  status: 502,
  exit: FAILED,
  retry: true,
  text: (d: { tool: string; why: string }) =>
    `${d.tool} ended as if all were well, but its dump is not whole: ${d.why}`,
  hint: () =>
    'nothing was kept of it; check the disk, the memory and the network of this machine, and run it again',
})

export const BackupTooLarge = fault('BACKUP_TOO_LARGE', {
  status: 422,
  exit: FAILED,
  retry: false,
  text: (d: { source: string; limit: string }) =>
    `the dump of ${d.source} grew past the maximum of ${d.limit}`,
  hint: () => 'raise --max-size, or look for what made the database grow',
})

export const DatabaseUnreachable = fault('DATABASE_UNREACHABLE', {
  status: 502,
  exit: FAILED,
  retry: true,
  text: (d: { server: string; why: string }) => `could not connect to ${d.server}: ${d.why}`,
  hint: () => 'check host, port, user and password, and that the server runs',
})

export const DatabaseMissing = fault('DATABASE_MISSING', {
  status: 404,
  exit: FAILED,
  retry: false,
  text: (d: { database: string; server: string }) =>
    `there is no database ${d.database} on ${d.server}`,
  hint: () => 'check the name at the end of the URL',
})

export const DatabaseRefused = fault('DATABASE_REFUSED', {
  status: 502,
  exit: FAILED,
  retry: false,
  text: (d: { what: string; server: string; why: string; hint?: string }) =>
    `${d.server} refused to ${d.what}: ${d.why}`,
  hint: d => d.hint ?? 'give this login the right it lacks, or use another login',
})

export const TablesLocked = fault('TABLES_LOCKED', {
  status: 409,
  exit: FAILED,
  retry: true,
  text: (d: { database: string; by: string }) =>
    `a table of ${d.database} stayed locked for too long, so it was not dumped; locked: ${d.by}`,
  hint: () => 'let the session that holds the lock end, or end it, and run it again',
})

export const TargetNotEmpty = fault('TARGET_NOT_EMPTY', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { database: string; found: string }) =>
    `database ${d.database} is not empty (${d.found}), so nothing was restored into it`,
  hint: () =>
    'name a database that does not exist yet, or add --replace: it restores beside, proves the result, then swaps',
})

export const DatabaseInUse = fault('DATABASE_IN_USE', {
  status: 409,
  exit: FAILED,
  retry: true,
  text: (d: { database: string; by: string }) =>
    `database ${d.database} is in use by ${d.by}, so it was not swapped`,
  hint: () => 'close these connections, or add --disconnect to end them',
})

export const TargetUnfit = fault('TARGET_UNFIT', {
  status: 422,
  exit: FAILED,
  retry: false,
  text: (d: { server: string; lacks: string; hint: string }) =>
    `${d.server} cannot take this backup: it lacks ${d.lacks}`,
  hint: d => d.hint,
})

export const ProofFailed = fault('PROOF_FAILED', {
  status: 500,
  exit: DAMAGED,
  retry: false,
  text: (d: { database: string; differences: string }) =>
    `what was restored into ${d.database} is not what was backed up: ${d.differences}`,
  hint: () => 'the target is as it was before; keep the message and try another backup',
})
