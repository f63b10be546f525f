import type { Sql } from './db.ts'
import { jsonText, plainText } from './json.ts'

/** What a line of a run's log is about. */
export type RunEventKind = 'state' | 'stage' | 'notice' | 'warning' | 'error' | 'control'

/** A line of a run's log. */
export interface RunEvent {
  readonly id: number
  readonly attempt: number
  readonly at: Date
  readonly kind: RunEventKind
  readonly message: string
  /** What the message says, where it is one of RUN_LINES. */
  readonly code: string | null
  readonly details: Readonly<Record<string, unknown>>
}

export interface NewRunEvent {
  readonly kind: RunEventKind
  readonly message: string
  /** It is kept with the details. */
  readonly code?: string | undefined
  readonly details?: Readonly<Record<string, unknown>> | undefined
}

/** Most lines that one call answers. */
const PAGE = 1000

/**
 * Adds a line to a run's log; its attempt is the one that the run is at. A worker gives its fence, and adds
 * nothing once the run is not its own any more.
 */
export async function addRunEvent(
  sql: Sql,
  run: { readonly id: string; readonly fence?: number | undefined },
  event: NewRunEvent,
): Promise<void> {
  await sql.query(
    `insert into run_events (run_id, attempt, at, kind, message, details)
     select id, attempt, clock_now(), $3, $4, $5 from runs
     where id = $1 and ($2::bigint is null or (fence = $2 and finished_at is null))`,
    [
      run.id,
      run.fence ?? null,
      event.kind,
      plainText(event.message),
      jsonText({ ...event.details, code: event.code }),
    ],
  )
}

/** The log of a run, oldest line first; `afterId` is the last line known already. */
export async function runEvents(sql: Sql, runId: string, afterId = 0): Promise<RunEvent[]> {
  return await sql.query<RunEvent>(
    `select id::float8 as id, attempt, at, kind, message, details ->> 'code' as code,
            details - 'code' as details
     from run_events where run_id = $1 and id > $2 order by run_events.id limit ${PAGE}`,
    [runId, afterId],
  )
}
