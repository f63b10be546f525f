import type { Writable } from 'node:stream'
import type { Manifest } from '../core/backup.ts'
import type { Clock } from '../core/clock.ts'
import { Fault, reason } from '../core/fault.ts'
import { Interrupted, NoSuchStream } from '../core/faults.ts'
import { shortId } from '../core/ids.ts'
import type { Preflight } from '../core/preflight.ts'
import { Secret } from '../core/secret.ts'
import type { Database, Engine, Repository } from '../operations/collaborators.ts'
import { exportToStream } from '../operations/export.ts'
import { findBackup } from '../operations/find.ts'
import { importDump } from '../operations/import.ts'
import { preflight } from '../operations/preflight.ts'
import { Progress } from '../operations/progress.ts'
import type { CarriedFault, FromTransfer, TransferOrder } from './transfer-protocol.ts'

/** What a transfer works with; its main opens the registries. */
export interface TransferTools {
  readonly clock: Clock
  readonly input: AsyncIterable<Uint8Array>
  readonly output: Writable
  openRepository(url: string, recoveryKey: Secret): Promise<Repository>
  engineNamed(name: string): Engine
  openDatabase(url: Secret): { engine: Engine; database: Database }
  tell(message: FromTransfer): void
  /** Asks the server whether what was read may become a backup. */
  askLeave(): Promise<boolean>
}

/** Does what is ordered and answers how it ended; never throws. */
export async function transfer(
  order: TransferOrder,
  tools: TransferTools,
  signal: AbortSignal,
): Promise<FromTransfer> {
  try {
    const { url, recoveryKey } = order.repository
    const repository = await tools.openRepository(url, new Secret(recoveryKey))
    if (order.task === 'import') {
      return { type: 'done', manifest: await takeIn(order, tools, repository, signal) }
    }
    if (order.task === 'preflight') {
      return { type: 'done', preflight: await lookAhead(order, tools, repository, signal) }
    }
    await giveOut(order, tools, repository, signal)
    return { type: 'done' }
  } catch (error) {
    return { type: 'failed', fault: carried(error) }
  }
}

type Order<Task> = Extract<TransferOrder, { task: Task }>

async function giveOut(
  { backup, stream }: Order<'read'>,
  tools: TransferTools,
  repository: Repository,
  signal: AbortSignal,
): Promise<void> {
  const manifest = await repository.find(backup, signal)
  const stored = manifest.streams.find(one => one.name === stream)
  if (stored === undefined) {
    const has = manifest.streams.map(one => one.name).join(', ')
    throw new NoSuchStream({ backup: shortId(manifest.id), stream, has })
  }
  tools.tell({ type: 'ready', bytes: stored.bytes })
  const progress = new Progress(tools.clock)
  await exportToStream({ repository, manifest, stream, progress }, tools.output, signal)
}

async function takeIn(
  { engine, name, tags, maxBytes, madeBy }: Order<'import'>,
  tools: TransferTools,
  repository: Repository,
  signal: AbortSignal,
): Promise<Manifest> {
  const { manifest } = await importDump(
    {
      repository,
      engine: tools.engineNamed(engine),
      dump: tools.input,
      name,
      tags,
      maxBytes,
      madeBy,
      clock: tools.clock,
      progress: new Progress(tools.clock),
      beforeCommit: async () => {
        if (!(await tools.askLeave())) throw new Interrupted({ what: 'the upload' })
      },
    },
    signal,
  )
  // The names of the chunks are by far the largest part, and only the repository needs them.
  const streams = manifest.streams.map(one => ({ ...one, recipe: { ...one.recipe, entries: '' } }))
  return { ...manifest, streams }
}

async function lookAhead(
  { backup, target, choices }: Order<'preflight'>,
  tools: TransferTools,
  repository: Repository,
  signal: AbortSignal,
): Promise<Preflight> {
  const manifest = await findBackup(repository, backup, signal)
  const { engine, database } = tools.openDatabase(new Secret(target))
  const request = {
    repository,
    manifest,
    engine,
    target: database,
    options: { ...choices, jobs: 1 },
  }
  return await preflight(request, signal)
}

function carried(error: unknown): CarriedFault {
  if (error instanceof Fault) {
    const { code, message, hint, status, exit, retry } = error
    return { code, message, hint, status, exit, retry }
  }
  const hint = 'this was not foreseen; the log of the server has more'
  return { code: 'UNEXPECTED', message: reason(error), hint, status: 500, exit: 1, retry: false }
}
