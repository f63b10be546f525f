import type { Sql } from './db.ts'

/** Whether the audit log is as it was written. */
export interface AuditProof {
  /** How many entries were looked at. */
  readonly checked: number
  /** The first that is not as it was, if any is. */
  readonly broken: { readonly entry: number; readonly why: string } | undefined
  /** The last link of the chain: noted elsewhere, it shows later that nothing before it was changed or taken away. */
  readonly head: { readonly link: number; readonly hash: string } | undefined
}

interface Batch {
  readonly checked: number
  readonly link: number | null
  readonly hash: string | null
  readonly entry: number | null
  readonly why: string | null
}

const BATCH = 5000

/** Walks the whole chain, from the first entry on, and stops at the first that is broken. */
export async function verifyAudit(sql: Sql, signal: AbortSignal): Promise<AuditProof> {
  let checked = 0
  let [link, hash] = [0, '']
  for (;;) {
    signal.throwIfAborted()
    const batch = await nextBatch(sql, link, hash)
    checked += batch.checked
    const head = link === 0 ? undefined : { link, hash }
    if (batch.entry !== null && batch.why !== null) {
      return { checked, broken: { entry: batch.entry, why: batch.why }, head }
    }
    if (batch.link === null || batch.hash === null) {
      return { checked, broken: await unchained(sql), head }
    }
    link = batch.link
    hash = batch.hash
  }
}

async function nextBatch(sql: Sql, after: number, before: string): Promise<Batch> {
  const [batch] = await sql.query<Batch>(
    `with links as materialized (
       select chain.seq, chain.entry_id, chain.hash,
         case when chain.seq <> row_number() over (order by chain.seq) + $1::bigint
             then 'a link before it is missing'
           when entry.id is null then 'it is gone'
           when audit_hash(coalesce(lag(chain.hash) over (order by chain.seq),
               decode($2, 'hex')), entry) <> chain.hash then 'it is not as it was written'
         end as why
       from (select * from audit_chain where seq > $1 order by seq limit ${BATCH}) chain
       left join audit_log entry on entry.id = chain.entry_id
     ), broken as (select entry_id, why from links where why is not null order by seq limit 1)
     select (select count(*) from links)::int as checked,
       (select max(seq) from links)::float8 as link,
       (select encode(hash, 'hex') from links order by seq desc limit 1) as hash,
       (select entry_id from broken)::float8 as entry, (select why from broken) as why`,
    [after, before],
  )
  if (batch === undefined) throw new Error('checking the audit log answered nothing')
  return batch
}

/** An entry that somebody put there past the trigger. */
async function unchained(sql: Sql): Promise<AuditProof['broken']> {
  const [row] = await sql.query<{ entry: number }>(
    `select id::float8 as entry from audit_log
     where not exists (select from audit_chain where entry_id = audit_log.id)
     order by id limit 1`,
  )
  return row && { entry: row.entry, why: 'it was not written by the server' }
}
