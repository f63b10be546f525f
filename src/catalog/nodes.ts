import type { Sql } from './db.ts'

/** A process that runs work: `holdfast serve` or `holdfast worker`. */
export interface Node {
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly version: string
  /** How many runs it performs at once. */
  readonly maxRuns: number
}

/** A node as its record says. */
export interface KnownNode extends Node {
  readonly startedAt: Date
  readonly seenAt: Date
  readonly stoppedAt: Date | null
}

/** Makes a node known; it is seen again with each of its heartbeats. */
export async function registerNode(sql: Sql, node: Node): Promise<void> {
  await sql.query(
    `insert into nodes (id, host, pid, version, max_runs, started_at, seen_at)
     select $1, $2, $3, $4, $5, now.at, now.at from (select clock_now() as at) as now
     on conflict (id) do update set stopped_at = null, seen_at = excluded.seen_at`,
    [node.id, node.host, node.pid, node.version, node.maxRuns],
  )
}

/** Says that a node has stopped in good order. */
export async function stopNode(sql: Sql, id: string): Promise<void> {
  await sql.query(
    'update nodes set stopped_at = clock_now(), seen_at = clock_now() where id = $1',
    [id],
  )
}

/** Every node that works, and those seen within the last day. */
export async function listNodes(sql: Sql): Promise<KnownNode[]> {
  return await sql.query<KnownNode>(
    `select id, host, pid, version, max_runs as "maxRuns", started_at as "startedAt",
       seen_at as "seenAt", stopped_at as "stoppedAt"
     from nodes where stopped_at is null or seen_at > clock_now() - interval '1 day'
     order by host, started_at`,
  )
}
