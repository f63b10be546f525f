import type { Sql } from './db.ts'

/** What people may say of a backup; what is left out stays as it is. */
export interface BackupCare {
  readonly note?: string | undefined
  readonly pinned?: boolean | undefined
}

/** Writes a note on a backup, pins it or takes its pin away; says who, where something changed. */
export async function careFor(
  sql: Sql,
  { repositoryId, id }: { readonly repositoryId: string; readonly id: string },
  { note, pinned }: BackupCare,
  actor: string,
): Promise<void> {
  await sql.query(
    `insert into backup_care as c (repository, backup_id, note, noted_by, noted_at,
                                   pinned, pinned_by, pinned_at)
     select repository, $2, coalesce($3, ''), case when $3 <> '' then $5 end,
            case when $3 <> '' then clock_now() end, coalesce($4, false),
            case when $4 then $5 end, case when $4 then clock_now() end
       from repositories where id = $1
     on conflict (repository, backup_id) do update set
       note = coalesce($3, c.note),
       noted_by = case when $3 <> c.note then $5 else c.noted_by end,
       noted_at = case when $3 <> c.note then clock_now() else c.noted_at end,
       pinned = coalesce($4, c.pinned),
       pinned_by = case when $4 and not c.pinned then $5 when $4 = false then null
                        else c.pinned_by end,
       pinned_at = case when $4 and not c.pinned then clock_now() when $4 = false then null
                        else c.pinned_at end`,
    [repositoryId, id, note ?? null, pinned ?? null, actor],
  )
}
