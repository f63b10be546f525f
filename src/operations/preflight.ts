import {
  DUMP,
  type Manifest,
  type Outline,
  type OutlineTable,
  tableName,
  UPLOADED,
} from '../core/backup.ts'
import { Fault } from '../core/fault.ts'
import { DatabaseUnreachable, Interrupted } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import {
  type Finding,
  found,
  foundFault,
  PREFLIGHT_CHECKS,
  type Preflight,
  type PreflightCheck,
  type PreflightLosses,
  UNSEEN,
} from '../core/preflight.ts'
import type { Database, Engine, Inspection, LiveTable, RestoreOptions } from '../engines/engine.ts'
import type { Repository } from '../repository/repository.ts'
import type { ByteRange } from '../stream/bytes.ts'
import { readOutline } from './outline.ts'
import { roomFor } from './space.ts'
import { requireSameEngine } from './verify.ts'

export interface PreflightRequest {
  readonly repository: Repository
  readonly manifest: Manifest
  /** The engine of the target. */
  readonly engine: Engine
  readonly target: Database
  readonly options: RestoreOptions
}

/** A server that takes longer to answer all questions is told as a problem. */
const SERVER_MS = 25_000
/** Tables that the losses name. */
const MOST_TOLD = 200

/** Looks at everything that a restore would meet, and changes nothing; problems are told, not thrown. */
export async function preflight(
  request: PreflightRequest,
  signal: AbortSignal,
): Promise<Preflight> {
  requireSameEngine(request.manifest, request.engine)
  try {
    return await look(request, signal)
  } catch (error) {
    if (error instanceof Interrupted || !(error instanceof Fault)) throw error
    // What the server meets is in the inspection: this is of the backup.
    return withoutLook(request, error)
  }
}

async function look(request: PreflightRequest, signal: AbortSignal): Promise<Preflight> {
  const { repository, manifest, target, options } = request
  const reader = await repository.reader(manifest, signal)
  try {
    const backup = {
      facts: manifest.source,
      isForeign: UPLOADED in manifest.tags,
      outline: await readOutline(reader, manifest),
      stream: (name: string, range?: ByteRange) => reader.stream(name, range),
    }
    const inspection = await withinLimit(target, signal, during =>
      target.inspect(backup, options, during),
    )
    return reportOf(request, backup.outline, inspection)
  } finally {
    await reader.close()
  }
}

/** Gives the server of the target a limit; what it did not answer in time is told as a problem. */
async function withinLimit<T>(
  { name }: Database,
  signal: AbortSignal,
  work: (during: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const server = name.slice(name.lastIndexOf('@') + 1)
  const why = `it did not answer everything within ${SERVER_MS / 1000} seconds`
  const end = () => late.abort(new DatabaseUnreachable({ server, why }))
  const timer = setTimeout(end, SERVER_MS)
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } finally {
    clearTimeout(timer)
  }
}

function reportOf(
  request: PreflightRequest,
  outline: Outline,
  { target, keptAs, checks, tables, freeBytes }: Inspection,
): Preflight {
  const { manifest } = request
  const { summary } = manifest
  const backup = shortId(manifest.id)
  const whole = found('ok', 'BACKUP_READABLE', { backup, ...summary })
  const all: PreflightCheck[] = [{ name: 'backup', ...whole }, ...checks]
  if (target.server !== null)
    all.push({ name: 'space', ...findSpace(dumpBytes(manifest), freeBytes) })
  return {
    ready: all.every(check => check.outcome !== 'problem'),
    backup: backupOf(manifest),
    target: { label: request.target.name, ...target },
    keptAs: keptAs ?? null,
    checks: all.toSorted((a, b) => rank(a) - rank(b)),
    losses: tables === undefined ? null : lossesOf(tables, outline.tables),
  }
}

const rank = ({ name }: PreflightCheck): number => PREFLIGHT_CHECKS.indexOf(name)

/** A backup that cannot be read need not be compared with anything. */
function withoutLook({ manifest, target }: PreflightRequest, fault: Fault): Preflight {
  return {
    ready: false,
    backup: backupOf(manifest),
    target: { label: target.name, ...UNSEEN },
    keptAs: null,
    checks: [{ name: 'backup', ...foundFault(fault) }],
    losses: null,
  }
}

const dumpBytes = ({ streams }: Manifest): number =>
  streams.find(stream => stream.name === DUMP)?.bytes ?? 0

const backupOf = (manifest: Manifest): Preflight['backup'] => ({
  id: manifest.id,
  source: manifest.source.name,
  server: manifest.source.server,
  finishedAt: manifest.finishedAt,
  dumpBytes: dumpBytes(manifest),
  ...manifest.summary,
})

function findSpace(dump: number, free: number | undefined): Finding {
  if (free === undefined) return found('unknown', 'SPACE_UNKNOWN', { dump })
  const room = roomFor(free, dump)
  if (room === 'enough') return found('ok', 'SPACE_ENOUGH', { dump, free })
  return found(room === 'hopeless' ? 'problem' : 'warning', 'SPACE_SHORT', { dump, free })
}

type Loss = PreflightLosses['tables'][number]

function lossesOf(live: readonly LiveTable[], stored: readonly OutlineTable[]): PreflightLosses {
  const inBackup = new Map(stored.map(table => [tableName(table), table.rows]))
  const fromLive = live.map((table): Loss => {
    const name = tableName(table)
    const backupRows = inBackup.get(name) ?? null
    const where = backupRows === null ? 'live' : 'both'
    const { rows = null, counted } = table
    return { name, in: where, liveRows: rows, counted, backupRows }
  })
  const names = new Set(fromLive.map(({ name }) => name))
  const back = [...inBackup].flatMap(([name, backupRows]): Loss[] =>
    names.has(name) ? [] : [{ name, in: 'backup', liveRows: null, counted: false, backupRows }],
  )
  const tables = [...fromLive, ...back].toSorted(byLoss)
  const count = (where: Loss['in']) => tables.filter(one => one.in === where).length
  return {
    tables: tables.slice(0, MOST_TOLD),
    total: tables.length,
    onlyLive: count('live'),
    onlyBackup: count('backup'),
  }
}

/** Whole tables first, then those that come back, then whatever has the most rows that the backup has not. */
const byLoss = (a: Loss, b: Loss): number =>
  ORDER.indexOf(a.in) - ORDER.indexOf(b.in) ||
  lostRows(b) - lostRows(a) ||
  (a.name < b.name ? -1 : 1)
const ORDER: readonly Loss['in'][] = ['live', 'backup', 'both']
const lostRows = ({ liveRows, backupRows }: Loss): number => (liveRows ?? 0) - (backupRows ?? 0)
