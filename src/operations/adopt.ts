import type { TlsState } from '../core/backup.ts'
import type { Secret } from '../core/secret.ts'
import type { Database } from '../engines/engine.ts'
import type { Repository } from '../repository/repository.ts'

/** What a look at a database found. */
export interface SourceProbe {
  readonly server: string
  readonly tool: string
  readonly estimatedBytes: number | undefined
  /** How the connection is protected; undefined where its engine does not tell. */
  readonly tls: TlsState | undefined
  /** What to mind before it is backed up. */
  readonly warnings: readonly string[]
}

/** Checks everything that is checked before a dump, and dumps nothing. */
export async function probeSource(database: Database, signal: AbortSignal): Promise<SourceProbe> {
  // A dump begins only when its first stream is read.
  const dump = await database.dump({}, signal)
  const { server, tool, tls } = dump.facts
  return { server, tool, tls, estimatedBytes: dump.estimatedBytes, warnings: dump.warnings() }
}

/** Gives a server a key of its own to a repository: opening with it costs no time, and it can be revoked. */
export async function addServerKey(
  repository: Repository,
  host: string,
  signal: AbortSignal,
): Promise<{ readonly key: Secret; readonly slot: string }> {
  const { slot, recoveryKey } = await repository.keys.addRecoveryKey(
    `holdfast server ${host}`,
    signal,
  )
  return { key: recoveryKey, slot: slot.id }
}
