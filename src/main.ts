import { randomUUID } from 'node:crypto'
import { availableParallelism, hostname, tmpdir, userInfo } from 'node:os'
import { extname, join } from 'node:path'
import process from 'node:process'
import type { Door } from './api/admission.ts'
import { closeApp, createApp, listenOnPort, listenOnSocket } from './api/app.ts'
import { Certificate } from './api/certificate.ts'
import type { Check } from './api/health.ts'
import { LiveHub } from './api/live/hub.ts'
import type { LoginDeps } from './api/login/deps.ts'
import { Oidc } from './api/login/oidc.ts'
import { Metrics } from './api/metrics/metrics.ts'
import type { Outside } from './api/outside.ts'
import { RunFeed } from './api/run-feed.ts'
import { lockDataDir, makeDataDir } from './catalog/data-dir.ts'
import { Catalog } from './catalog/db.ts'
import { EmbeddedPostgres, joinEmbedded } from './catalog/embedded.ts'
import { CatalogMemory } from './catalog/memory.ts'
import { migrate, NEWEST_VERSION, versionOf } from './catalog/migrate.ts'
import { type KeyChange, rotateSecretKey } from './catalog/rotate-key.ts'
import { openVault, type Vault } from './catalog/vault.ts'
import { config, type ServerConfig } from './config.ts'
import { CatalogTooNew, SecretKeyWrong, WorkerWithoutCatalog } from './core/faults.ts'
import type { EngineSettings } from './engines/index.ts'
import { openSetup, sayWhoMayCome, tellPrograms, tellSetup } from './greeting.ts'
import { adoptBackups } from './jobs/adopt-backups.ts'
import { DeletionCarrier } from './jobs/carry-out-deletions.ts'
import { ReachKeeper } from './jobs/reach-keeper.ts'
import { RetentionKeeper } from './jobs/retention-keeper.ts'
import type { RunnerCommand } from './jobs/runner-process.ts'
import { Scheduler } from './jobs/scheduler.ts'
import { UsageKeeper } from './jobs/usage-keeper.ts'
import { Worker } from './jobs/worker.ts'
import { type Log, openLog } from './log.ts'
import { outsideOf, type RepositoryPlaces } from './outside.ts'
import type { Transfers } from './outside-backups.ts'

export interface ServerOptions {
  readonly version: string
  /** Fires when it is to stop in good order. */
  readonly signal: AbortSignal
  /** Where the log goes. */
  readonly output: NodeJS.WriteStream
}

/** What all parts of a node share, and the way they end. */
interface Node {
  readonly settings: ServerConfig
  readonly log: Log
  readonly signal: AbortSignal
  readonly version: string
  /** Ends what was started, the last one first. */
  readonly ends: AsyncDisposableStack
}

/** Runs the server until its signal fires; returns once everything it started has ended. */
export async function serve(options: ServerOptions): Promise<void> {
  await live(options, 'server', async node => {
    const { settings } = node
    makeDataDir(settings.dataDir)
    const lock = lockDataDir(settings.dataDir)
    atEnd(node, 'release the data directory', () => lock.release())
    const connection = await ownDatabase(node)
    const catalog = await openCatalog(node, connection)
    const vault = await openVault(catalog, settings.secretKeyFile)
    const scheduler = new Scheduler({ catalog, log: node.log })
    const checks = [
      { name: 'catalog', check: () => requireCurrent(catalog) },
      { name: 'scheduler', check: () => requireLively(scheduler) },
    ]
    // Connections of its own, so that no list that somebody asks for keeps a run from renewing its lease.
    const forApi = new Catalog({ ...connection, statement_timeout: API_STATEMENT_MS })
    atEnd(node, 'close the catalog of the API', () => forApi.close())
    const outside = outsideOf(enginesOf(settings), transfersOf(node), repositoriesOf(settings))
    const address = await openDoors(node, { catalog: forApi, vault, checks, outside })
    await startWorker(node, catalog, vault, `server in ${settings.dataDir}`)
    // Not ready before the scheduler has looked: whoever waits for that finds the set-up open.
    const setupToken = await openSetup(node, catalog)
    scheduler.start()
    atEnd(node, 'stop the scheduler', () => scheduler.stop())
    const deletions = new DeletionCarrier({ catalog, vault, outside, log: node.log })
    deletions.start()
    atEnd(node, 'stop deleting backups', () => deletions.stop())
    const retention = new RetentionKeeper({ catalog, vault, outside, log: node.log })
    retention.start()
    atEnd(node, 'stop applying rules to backups', () => retention.stop())
    const usage = new UsageKeeper({ catalog, vault, outside, log: node.log })
    usage.start()
    atEnd(node, 'stop measuring repositories', () => usage.stop())
    const reach = new ReachKeeper({ catalog, vault, outside, log: node.log })
    reach.start()
    atEnd(node, 'stop looking at repositories', () => reach.stop())
    const adopting = adoptBackups({ catalog, vault, outside, log: node.log }, node.signal)
    atEnd(node, 'stop comparing the catalog with the repositories', () => adopting)
    node.log.info(`ready on ${address} and ${settings.socket}`)
    await tellPrograms(node, enginesOf(settings))
    if (setupToken !== undefined) tellSetup(node, placeOf(settings) ?? address, setupToken)
  })
}

/** Runs a node without API and scheduler, which works for the catalog of others. */
export async function work(options: ServerOptions): Promise<void> {
  await live(options, 'worker', async node => {
    const { settings } = node
    makeDataDir(settings.dataDir)
    const catalog = await openCatalog(node, sharedDatabase(settings))
    const vault = await openVault(catalog, settings.secretKeyFile)
    await startWorker(node, catalog, vault)
    node.log.info(`ready for up to ${settings.maxRuns} runs at once`)
    await tellPrograms(node, enginesOf(settings))
  })
}

/** Seals everything in the catalog with a new key, while nothing works with it. */
export async function changeSecretKey({
  version,
  signal,
  output,
}: ServerOptions): Promise<KeyChange> {
  const settings = config.server()
  const log = openLog(output, 'warn', { role: 'secret-key', host: hostname(), pid: process.pid })
  const ends = new AsyncDisposableStack()
  closeToOthers()
  try {
    const node: Node = { settings, log, signal, version, ends }
    const lock = lockDataDir(settings.dataDir)
    atEnd(node, 'release the data directory', () => lock.release())
    const catalog = await openCatalog(node, await ownDatabase(node))
    const actor = `local user ${userInfo().username}`
    return await rotateSecretKey(catalog, settings.secretKeyFile, actor)
  } finally {
    await ends.disposeAsync()
  }
}

async function live(
  { version, signal, output }: ServerOptions,
  role: string,
  start: (node: Node) => Promise<void>,
): Promise<void> {
  const settings = config.server()
  const log = openLog(output, settings.logLevel, { role, host: hostname(), pid: process.pid })
  const ends = new AsyncDisposableStack()
  closeToOthers()
  log.info(`holdfast ${version} starts in ${settings.dataDir}`)
  for (const name of config.unread())
    log.warn(`${name} is set, and nothing reads it: is it misspelt?`)
  try {
    await start({ settings, log, signal, version, ends })
    await stopped(signal)
    log.info('stopping: nothing new is started, and what runs may end')
  } finally {
    await ends.disposeAsync()
    log.info('stopped')
  }
}

/** Whatever started us: our files are ours alone, and no signal opens a port for a debugger. */
function closeToOthers(): void {
  process.umask(0o077)
  process.on('SIGUSR1', () => undefined)
}

/** Has something ended with the node. What fails then is told, and the rest still ends. */
function atEnd({ ends, log }: Node, what: string, end: () => void | Promise<void>): void {
  ends.defer(async () => {
    try {
      await end()
    } catch (error) {
      log.error({ err: error }, `could not ${what}`)
    }
  })
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>(resolve =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
}

type Connection = ConstructorParameters<typeof Catalog>[0]

/** The database that is named, or else the embedded one, which lives as long as this node. */
async function ownDatabase(node: Node): Promise<Connection> {
  const { settings, signal, log } = node
  if (settings.databaseUrl) return { connectionString: settings.databaseUrl.reveal() }
  const { server, start } = await EmbeddedPostgres.start(settings.dataDir, {
    signal,
    onRestart: error => {
      if (error === undefined) log.warn('the embedded PostgreSQL had ended and was started again')
      else log.error({ err: error }, 'the embedded PostgreSQL has ended')
    },
  })
  atEnd(node, 'stop the embedded PostgreSQL', () => server.stop())
  log.info(`embedded PostgreSQL ${start}`)
  return server.connection
}

function sharedDatabase({ dataDir, databaseUrl }: ServerConfig): Connection {
  if (databaseUrl) return { connectionString: databaseUrl.reveal() }
  const connection = joinEmbedded(dataDir)
  if (connection === undefined) throw new WorkerWithoutCatalog({ dataDir })
  return connection
}

async function openCatalog(node: Node, connection: Connection): Promise<Catalog> {
  // A migration takes as long as it takes.
  const patient = new Catalog({ ...connection, query_timeout: 0, max: 1 })
  try {
    await migrate(patient)
  } finally {
    await patient.close()
  }
  const catalog = new Catalog(connection)
  atEnd(node, 'close the catalog', () => catalog.close())
  node.log.info(`catalog at version ${NEWEST_VERSION}`)
  return catalog
}

async function startWorker(
  node: Node,
  catalog: Catalog,
  vault: Vault,
  seat?: string,
): Promise<void> {
  const { settings, log, version } = node
  const about = { id: randomUUID(), host: hostname(), pid: process.pid, version }
  const worker = new Worker({
    catalog,
    vault,
    node: { ...about, maxRuns: settings.maxRuns, seat },
    runner: childCommand('runner'),
    engines: enginesOf(settings),
    roots: settings.repositoryRoots,
    cores: availableParallelism(),
    log,
  })
  await worker.start()
  atEnd(node, 'stop the worker', () => worker.stop({ graceMs: settings.stopSeconds * 1000 }))
  // The key may have been changed before this node was known, and nothing held the change up.
  const { mark } = await openVault(catalog, settings.secretKeyFile)
  if (mark === vault.mark) return
  throw new SecretKeyWrong({ path: settings.secretKeyFile, what: 'the catalog' })
}

/** Programs where the environment says, databases where the rules of this server let it connect. */
const enginesOf = ({ reach }: ServerConfig): EngineSettings => ({
  path: config.path,
  pgBin: config.pgBin,
  reach: { only: reach },
})

const repositoriesOf = ({ dataDir, repositoryRoots: roots }: ServerConfig): RepositoryPlaces => ({
  home: roots?.[0] ?? join(dataDir, 'repositories'),
  roots,
})

const transfersOf = ({ version }: Node): Transfers => ({
  command: childCommand('transfer'),
  madeBy: { holdfast: version, host: hostname() },
  stallMs: 60_000,
})

/** As bin/holdfast starts what streams, and says why. */
const FOR_STREAMS = ['--max-semi-space-size=1', '--no-incremental-marking']

/** Children are started as we were, and see of our environment what they need to run, and no secret. */
function childCommand(main: 'runner' | 'transfer'): RunnerCommand {
  const { MALLOC_ARENA_MAX = '2', NODE_COMPILE_CACHE } = process.env
  return {
    program: process.execPath,
    args: [
      ...process.execArgv,
      ...FOR_STREAMS,
      join(import.meta.dirname, `${main}${extname(import.meta.filename)}`),
    ],
    env: {
      PATH: config.path,
      TMPDIR: tmpdir(),
      MALLOC_ARENA_MAX,
      ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
    },
  }
}

/** What the API is for. */
interface Behind {
  readonly catalog: Catalog
  readonly vault: Vault
  readonly outside: Outside
  readonly checks: readonly Check[]
}

/** Listens on the socket and the port; answers the address of the port. */
async function openDoors(node: Node, { checks, ...behind }: Behind): Promise<string> {
  const { settings, log, signal } = node
  const { catalog } = behind
  const feed = new RunFeed(catalog)
  await feed.start()
  atEnd(node, 'stop listening for runs', () => feed.stop())
  const live = new LiveHub({ catalog, log })
  await live.start()
  atEnd(node, 'stop listening for changes', () => live.stop())
  const options = {
    deps: { ...behind, memory: new CatalogMemory(catalog), feed, login: loginOf(settings) },
    live,
    checks,
    metrics: new Metrics({ catalog, checks, version: node.version }),
    web: settings.web,
    log,
    stopping: signal,
  }
  const certificate = await certificateOf(node)
  const open = async (door: Door) => {
    const app = await createApp(door, door.is === 'port' ? { ...options, certificate } : options)
    atEnd(node, `close the ${door.is}`, () => closeApp(app))
    return app
  }
  await listenOnSocket(
    await open({ is: 'socket', localUser: userInfo().username }),
    settings.socket,
  )
  const address = await listenOnPort(await open({ is: 'port' }), settings.host, settings.port)
  sayWhoMayCome(node)
  return certificate === undefined ? address : address.replace('http:', 'https:')
}

async function certificateOf(node: Node): Promise<Certificate | undefined> {
  const { tls } = node.settings.web
  if (tls === undefined) return undefined
  const certificate = await Certificate.open(tls, node.log)
  atEnd(node, 'stop looking at the certificate', () => certificate.close())
  return certificate
}

/** Where people reach the server, as its administrator said. */
const placeOf = ({ web }: ServerConfig): string | undefined => web.url?.href.replace(/\/$/, '')

function loginOf(settings: ServerConfig): LoginDeps {
  const { oidc } = settings
  const place = placeOf(settings)
  return { url: place, oidc: oidc && place ? new Oidc(oidc, place) : undefined }
}

async function requireCurrent(catalog: Catalog): Promise<void> {
  const has = await versionOf(catalog)
  if (has !== NEWEST_VERSION) throw new CatalogTooNew({ has, knows: NEWEST_VERSION })
  const refusal = catalog.refusal()
  if (refusal !== undefined) throw new Error(`its database takes nothing: ${refusal}`)
}

/** What the API asks takes a few milliseconds. */
const API_STATEMENT_MS = 5_000

/** A scheduler looks at least once a second. */
const LIVELY_MS = 15_000

async function requireLively(scheduler: Scheduler): Promise<void> {
  const { isAlive, lookedMsAgo = Number.POSITIVE_INFINITY } = await scheduler.status()
  if (!isAlive || lookedMsAgo > LIVELY_MS) throw new Error('it has not looked for due schedules')
}
