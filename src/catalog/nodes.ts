import type { Sql } from './db.ts'

/** A process that runs work: `holdfast serve` or `holdfast worker`. */
export interface Node {
  readonly id: string
  readonly host: string
  readonly pid: number
  /** Which process the number means, for others on its machine. */
  readonly processMark?: string | undefined
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
    `insert into nodes (id, host, pid, version, max_runs, process_mark, started_at, seen_at)
     select $1, $2, $3, $4, $5, $6, now.at, now.at from (select clock_now() as at) as now
     on conflict (id) do update set stopped_at = null, seen_at = excluded.seen_at`,
    [node.id, node.host, node.pid, node.version, node.maxRuns, node.processMark ?? null],
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

/** The nodes of a machine that hold runs, with what tells whether their processes live. */
export async function nodesAtWork(
  sql: Sql,
  host: string,
): Promise<{ readonly id: string; readonly pid: number; readonly mark: string }[]> {
  return await sql.query(
    `select id, pid, process_mark as mark from nodes
     where host = $1 and process_mark is not null
       and id in (select node_id from runs where state in ('running', 'paused'))`,
    [host],
  )
}
