import { DAMAGED, FAILED, LOCKED, WRONG_KEY, WRONG_USE } from './exit-codes.ts'
import { fault } from './fault.ts'
import { shortId } from './ids.ts'

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
  hint: d => `use it by that name, or remove it first: holdfast repo remove ${d.name}`,
})

export const RunInTheWay = fault('RUN_IN_THE_WAY', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { what: string; run: string; state: string }) =>
    `${d.what} is at work already: run ${shortId(d.run)} is ${d.state}`,
  hint: d => `wait for it, or cancel it: holdfast cancel ${shortId(d.run)}`,
})

export const RunIsFinal = fault('RUN_IS_FINAL', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { run: string; state: string; wanted: string }) =>
    `run ${shortId(d.run)} cannot be ${d.wanted}: it is ${d.state}`,
  hint: () => 'its record is final; start a new run instead',
})

export const RunNotOver = fault('RUN_NOT_OVER', {
  status: 409,
  exit: FAILED,
  retry: true,
  text: (d: { run: string; state: string }) =>
    `run ${shortId(d.run)} cannot be tried again: it is still ${d.state}`,
  hint: d => `wait for it, or cancel it first: holdfast cancel ${shortId(d.run)}`,
})

export const LeaseLost = fault('LEASE_LOST', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { run: string }) => `run ${d.run} was given to another worker or released`,
  hint: () => 'this attempt writes nothing more; the run’s record tells how it goes on',
})

export const LockReleased = fault('LOCK_RELEASED', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { by: string }) => `its lock was released by ${d.by}`,
  hint: () => 'start a new run; should the old worker still be alive, it can write nothing more',
})

export const RunnerDied = fault('RUNNER_DIED', {
  status: 500,
  exit: FAILED,
  retry: true,
  text: (d: { how: string }) => `the process that performed the run ${d.how}`,
  hint: () => 'look at the memory and at the log of that machine; no backup came of this attempt',
})

export const WorkerLost = fault('WORKER_LOST', {
  status: 500,
  exit: FAILED,
  retry: true,
  text: (d: { host: string }) => `the worker on ${d.host} was not heard of until its lease ended`,
  hint: () => 'look whether that machine and its holdfast run, and whether they reach the catalog',
})

export const DatabaseDiffers = fault('DATABASE_DIFFERS', {
  status: 409,
  exit: FAILED,
  retry: false,
  text: (d: { database: string; backup: string; count: number }) =>
    `${d.database} differs from backup ${d.backup} in ${d.count === 1 ? 'one place' : `${d.count} places`}`,
  hint: () => 'the run’s result names them; data that was changed since the backup differs, too',
})

export const RestoreUncertain = fault('RESTORE_UNCERTAIN', {
  status: 500,
  exit: FAILED,
  retry: false,
  text: (d: { database: string; backup: string }) =>
    `the worker died while it put backup ${d.backup} in the place of ${d.database}, and now they differ`,
  hint: () =>
    'either it was not swapped in, or it was and has changed since: look at the database, then restore again if need be',
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

export const SecretKeyInUse = fault('SECRET_KEY_IN_USE', {
  status: 409,
  exit: LOCKED,
  retry: true,
  text: (d: { host: string; pid: number; seconds: number }) =>
    `the secret key was not changed: a node on ${d.host} (process ${d.pid}) was at work in the last ${d.seconds} seconds`,
  hint: d =>
    `stop every server and worker of this catalog; one that was killed is waited for ${d.seconds} seconds`,
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

export const NotAllowed = fault('NOT_ALLOWED', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { what: string; needs: string }) => `you may not use ${d.what}: it takes ${d.needs}`,
  hint: () => 'ask an administrator of this server',
})

export const StepUpRequired = fault('STEP_UP_REQUIRED', {
  status: 403,
  exit: FAILED,
  retry: false,
  text: (d: { what: string }) => `${d.what} needs a proof that it is you, not older than 5 minutes`,
  hint: () => 'give your password or second factor again: POST /api/v1/account/prove',
})

export const HostUnknown = fault('HOST_UNKNOWN', {
  status: 421,
  exit: FAILED,
  retry: false,
  text: (d: { host: string }) => `this server is not called ${d.host === '' ? 'nothing' : d.host}`,
  hint: () =>
    'ask it by the name in HOLDFAST_URL, or have its administrator add this one to HOLDFAST_ALLOWED_HOSTS',
})

export const RequestTooSlow = fault('REQUEST_TOO_SLOW', {
  status: 408,
  exit: FAILED,
  retry: true,
  text: (d: { seconds: number }) => `the request did not arrive within ${d.seconds} seconds`,
  hint: () => 'send it again over a better connection; nothing was changed',
})

export const AddressRefused = fault('ADDRESS_REFUSED', {
  status: 422,
  exit: FAILED,
  retry: false,
  text: (d: { host: string; why: string }) => `the server does not connect to ${d.host}: ${d.why}`,
  hint: () =>
    'name another host; which networks it may connect to, its administrator says with HOLDFAST_ALLOWED_NETWORKS',
})

export const TooManyRequests = fault('TOO_MANY_REQUESTS', {
  status: 429,
  exit: FAILED,
  retry: true,
  text: (d: { what: string; retryAfterSeconds: number }) =>
    `there are too many requests: ${d.what}`,
  hint: d =>
    `try again in ${d.retryAfterSeconds} ${d.retryAfterSeconds === 1 ? 'second' : 'seconds'}`,
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

export const CertificateUnfit = fault('CERTIFICATE_UNFIT', {
  status: 503,
  exit: FAILED,
  retry: false,
  text: (d: { what: string; why: string }) => `could not ${d.what}: ${d.why}`,
  hint: () =>
    'both are PEM files that the user of the server can read (HOLDFAST_TLS_CERT_FILE, HOLDFAST_TLS_KEY_FILE)',
})

export const ListenFailed = fault('LISTEN_FAILED', {
  status: 503,
  exit: FAILED,
  retry: false,
  text: (d: { where: string; why: string; hint: string }) =>
    `could not listen on ${d.where}: ${d.why}`,
  hint: d => d.hint,
})

export const WorkerWithoutCatalog = fault('WORKER_WITHOUT_CATALOG', {
  status: 503,
  exit: FAILED,
  retry: true,
  text: (d: { dataDir: string }) =>
    `a worker found no catalog to work for: no holdfast serve runs in ${d.dataDir}`,
  hint: () =>
    'start `holdfast serve` first, or name the catalog that the nodes share (HOLDFAST_DATABASE_URL)',
})
