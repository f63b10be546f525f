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
  /** What only one process of its machine can have at a time: whoever had it before is gone. */
  readonly seat?: string | undefined
}

/** A node as its record says. */
export interface KnownNode extends Omit<Node, 'processMark' | 'seat'> {
  readonly startedAt: Date
  readonly seenAt: Date
  /** It has not been heard of for a while, and did not say that it stops. */
  readonly lost: boolean
}

/** A node says several times in this time that it lives. */
const SILENT = `interval '1 minute'`
/** So long is told of a node that it is lost. */
const FORGOTTEN = `interval '1 day'`

/** Makes a node known; it is seen again with each of its heartbeats. It is in the place of those that had its seat. */
export async function registerNode(sql: Sql, node: Node): Promise<void> {
  const { id, host, pid, version, maxRuns, processMark = null, seat = null } = node
  await sql.query(
    `with before as (
       update nodes set stopped_at = seen_at
       where host = $2 and seat = $7 and id <> $1 and stopped_at is null
     )
     insert into nodes (id, host, pid, version, max_runs, process_mark, seat, started_at, seen_at)
     select $1, $2, $3, $4, $5, $6, $7, now.at, now.at from (select clock_now() as at) as now
     on conflict (id) do update set stopped_at = null, seen_at = excluded.seen_at`,
    [id, host, pid, version, maxRuns, processMark, seat],
  )
}

/** Says that a node has stopped in good order. */
export async function stopNode(sql: Sql, id: string): Promise<void> {
  await sql.query(
    'update nodes set stopped_at = clock_now(), seen_at = clock_now() where id = $1',
    [id],
  )
}

/** Every node that works, and for a day those that are lost. One that stopped in good order is neither. */
export async function listNodes(sql: Sql): Promise<KnownNode[]> {
  return await sql.query<KnownNode>(
    `select id, host, pid, version, max_runs as "maxRuns", started_at as "startedAt",
       seen_at as "seenAt", seen_at <= clock_now() - ${SILENT} as lost
     from nodes where stopped_at is null and seen_at > clock_now() - ${FORGOTTEN}
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
