import { TooManyRequests } from '../core/faults.ts'
import type { Sql } from './db.ts'
import type { Run } from './runs.ts'
import { readSetting } from './settings.ts'

/**
 * Refuses a backup that was just queued where the same person or key has asked for too many of that source within
 * a minute. The runs themselves are counted, so that it holds across nodes. `sql` must be the transaction that
 * queued it. Throws TooManyRequests.
 */
export async function requireRest(sql: Sql, run: Run): Promise<void> {
  const most = await readSetting(sql, 'manualBackupsPerMinute')
  if (most === null) return
  const [full] = await sql.query<{ source: string; at: Date; seconds: number }>(
    `select (select name from sources where id = source_id) as source, queued_at + interval '1 minute' as at,
       ceil(extract(epoch from queued_at + interval '1 minute' - clock_now()))::int as seconds
     from runs
     where source_id = $1 and kind = 'backup' and trigger = 'manual' and triggered_by = $2
       and id <> $3 and queued_at > clock_now() - interval '1 minute'
     order by queued_at desc offset $4 limit 1`,
    [run.sourceId, run.triggeredBy, run.id, most - 1],
  )
  if (full === undefined) return
  const often = most === 1 ? 'once' : `${most} times`
  const next = full.at.toISOString().slice(11, 19)
  throw new TooManyRequests({
    what: `source ${full.source} may be backed up by hand ${often} a minute; the next one may begin at ${next} UTC`,
    retryAfterSeconds: Math.max(1, full.seconds),
  })
}
