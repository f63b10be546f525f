import { fault } from './fault.ts'

const FAILED = 1
const WRONG_USE = 2
const NO_REPOSITORY = 10
const LOCKED = 11
const WRONG_KEY = 12
const DAMAGED = 13
const NO_BACKUP = 14
const INTERRUPTED = 130

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

// ── repository ───────────────────────────────────────────────────────────────────────────────

export const RepositoryMissing = fault('REPOSITORY_MISSING', {
  status: 404,
  exit: NO_REPOSITORY,
  retry: false,
  text: (d: { place: string }) => `there is no repository in ${d.place}`,
  hint: d =>
    `if it should be there, check that its disk is mounted; to make a new one: holdfast init --repository ${d.place}`,
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

// ── catalog and runs ─────────────────────────────────────────────────────────────────────────

export const CatalogUnreachable = fault('CATALOG_UNREACHABLE', {
  status: 503,
  exit: FAILED,
  retry: true,
  text: (d: { why: string }) => `could not reach the catalog database: ${d.why}`,
  hint: () =>
    'check HOLDFAST_DATABASE_URL and that its server runs; backups in repositories are safe',
})

export const CatalogTooNew = fault('CATALOG_TOO_NEW', {
  status: 503,
  exit: FAILED,
  retry: false,
  text: (d: { has: number; knows: number }) =>
    `the catalog database has version ${d.has} and this holdfast knows versions up to ${d.knows}`,
  hint: () => 'upgrade holdfast on this node; nothing was changed',
})

export const NotFound = fault('NOT_FOUND', {
  status: 404,
  exit: FAILED,
  retry: false,
  text: (d: { kind: string; name: string }) => `there is no ${d.kind} called ${d.name}`,
  hint: d => `run \`holdfast ${LIST_COMMANDS[d.kind] ?? `${d.kind} list`}\` to see what there is`,
})

/** How the things that are not listed by `KIND list` are listed. */
const LIST_COMMANDS: Readonly<Record<string, string>> = {
  repository: 'repo list',
  run: 'runs',
  lock: 'locks',
  'API key': 'api-key list',
}

export const NameAmbiguous = fault('NAME_AMBIGUOUS', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { kind: string; name: string; count: number }) =>
    `${d.name} is the beginning of more than one ${d.kind} id (${d.count})`,
  hint: () => 'give more of its digits',
})

export const InUse = fault('IN_USE', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { kind: string; name: string; by: string; hint: string }) =>
    `${d.kind} ${d.name} is still used by ${d.by}, so it was not removed`,
  hint: d => d.hint,
})

export const NameTaken = fault('NAME_TAKEN', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { kind: string; name: string }) => `there is already a ${d.kind} called ${d.name}`,
  hint: () => 'choose another name, or remove the other one first',
})

export const RepositoryKnown = fault('REPOSITORY_KNOWN', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { place: string; name: string }) =>
    `the server knows the repository in ${d.place} already, as ${d.name}`,
  hint: () => 'use it by that name, or remove it first: holdfast repo remove NAME',
})

export const RunInTheWay = fault('RUN_IN_THE_WAY', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { what: string; run: string; state: string }) =>
    `${d.what} is at work already: run ${d.run} is ${d.state}`,
  hint: d => `wait for it, or cancel it: holdfast cancel ${d.run}`,
})

export const RunIsFinal = fault('RUN_IS_FINAL', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { run: string; state: string; wanted: string }) =>
    `run ${d.run} cannot be ${d.wanted}: it is ${d.state}`,
  hint: () => 'its record is final; start a new run instead',
})

export const LeaseLost = fault('LEASE_LOST', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { run: string }) => `run ${d.run} was given to another worker or released`,
  hint: () => 'this attempt writes nothing more; the run’s record tells how it goes on',
})

// ── starting the server ──────────────────────────────────────────────────────────────────────

export const SecretKeyMissing = fault('SECRET_KEY_MISSING', {
  status: 503,
  exit: WRONG_KEY,
  retry: false,
  text: (d: { path: string }) =>
    `the secret key is not in ${d.path}, but the catalog already works with one`,
  hint: () =>
    'put the key file back from where it was saved, or copy it from another node (HOLDFAST_SECRET_KEY_FILE)',
})

export const SecretKeyUnfit = fault('SECRET_KEY_UNFIT', {
  status: 503,
  exit: WRONG_KEY,
  retry: false,
  text: (d: { path: string; why: string; hint: string }) =>
    `the secret key in ${d.path} is not used: ${d.why}`,
  hint: d => d.hint,
})

export const SecretKeyWrong = fault('SECRET_KEY_WRONG', {
  status: 503,
  exit: WRONG_KEY,
  retry: false,
  text: (d: { path: string; what: string }) =>
    `the secret key in ${d.path} is another one than ${d.what} was sealed with`,
  hint: () => 'use the key file that belongs to this catalog (HOLDFAST_SECRET_KEY_FILE)',
})

export const SealBroken = fault('SEAL_BROKEN', {
  status: 500,
  exit: DAMAGED,
  retry: false,
  text: (d: { place: string }) =>
    `what is sealed in ${d.place} does not open: it was changed, or moved there from elsewhere`,
  hint: () => 'enter this value again; the others are not concerned',
})

// ── the server and its clients ───────────────────────────────────────────────────────────────

export const InvalidInput = fault('INVALID_INPUT', {
  status: 422,
  exit: WRONG_USE,
  retry: false,
  text: (d: { problems: readonly { field: string; why: string }[] }) =>
    `the request was not understood: ${d.problems.map(one => `${one.field}: ${one.why}`).join('; ')}`,
  hint: () => 'correct the fields named; nothing was changed',
})

export const KeyRequired = fault('KEY_REQUIRED', {
  status: 401,
  exit: WRONG_KEY,
  retry: false,
  text: (d: { why: string }) => `the server does not let this request in: ${d.why}`,
  hint: () => 'set HOLDFAST_API_KEY to a key made on the server with `holdfast api-key add NAME`',
})

export const ServerUnreachable = fault('SERVER_UNREACHABLE', {
  status: 503,
  exit: FAILED,
  retry: true,
  text: (d: { server: string; why: string; hint?: string }) =>
    `no holdfast server answers at ${d.server}: ${d.why}`,
  hint: d =>
    d.hint ??
    'start one with `holdfast serve`, or name another with HOLDFAST_SERVER and HOLDFAST_API_KEY',
})

export const DataDirInUse = fault('DATA_DIR_IN_USE', {
  status: 409,
  exit: LOCKED,
  retry: false,
  text: (d: { path: string; by: string }) => `${d.path} is in use by another holdfast serve${d.by}`,
  hint: () => 'stop that one first, or give this one a directory of its own (HOLDFAST_DATA_DIR)',
})

export const DataDirUnfit = fault('DATA_DIR_UNFIT', {
  status: 503,
  exit: FAILED,
  retry: false,
  text: (d: { path: string; why: string; hint: string }) =>
    `the data directory ${d.path} cannot be used: ${d.why}`,
  hint: d => d.hint,
})

export const EmbeddedMissing = fault('EMBEDDED_MISSING', {
  status: 503,
  exit: FAILED,
  retry: false,
  text: (d: { platform: string }) => `no embedded PostgreSQL is installed for ${d.platform}`,
  hint: () =>
    'install with optional dependencies, or name a server of your own (HOLDFAST_DATABASE_URL)',
})

export const EmbeddedFailed = fault('EMBEDDED_FAILED', {
  status: 503,
  exit: FAILED,
  retry: true,
  text: (d: { what: string; why: string; log: string }) =>
    `the embedded PostgreSQL did not ${d.what}: ${d.why}`,
  hint: d => `its log ${d.log} tells more; the data directory was left as it is`,
})
