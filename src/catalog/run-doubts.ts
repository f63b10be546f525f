import { WARNINGS } from '../core/warnings.ts'
import type { Sql } from './db.ts'

/**
 * What nobody knows of a run that ends although an attempt of it had leave to do what cannot be undone:
 * a sentence for its record that says where to look, or none.
 */
export async function doubtsOf(sql: Sql, runId: string): Promise<string[]> {
  const rows = await sql.query<{ kind: string; repository: string; target: string | null }>(
    `select runs.kind, repositories.name as repository, runs.request->>'target' as target
     from runs join repositories on repositories.id = runs.repository_id
     where runs.id = $1
       and exists (select from run_attempts where run_id = runs.id and committing)`,
    [runId],
  )
  return rows.map(({ kind, repository, target }) =>
    kind === 'restore' ? WARNINGS.swapUnknown({ target }) : WARNINGS.backupUnknown({ repository }),
  )
}
