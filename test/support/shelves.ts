import { randomBytes } from 'node:crypto'
import type { Catalog } from '../../src/catalog/db.ts'

export interface ShelvedAs {
  readonly hoursAgo: number
  readonly damaged?: boolean
  readonly proven?: boolean
  readonly tags?: Readonly<Record<string, string>>
}

/** Rows of backups that no repository holds, to be judged by rules. */
export class Shelves {
  readonly #catalog: Catalog

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  /** Puts backups, each of 10 bytes, of a source into a repository; answers their ids in this order. */
  async fill(source: string, repository: string, backups: readonly ShelvedAs[]): Promise<string[]> {
    const ids = backups.map(() => randomBytes(16).toString('hex'))
    for (const [index, { hoursAgo, damaged, proven, tags }] of backups.entries()) {
      await this.#catalog.query(
        `insert into backups (id, repository_id, source_id, source_label, started_at, finished_at,
                              dump_bytes, stored_bytes, tables, rows, tags, unreadable, verified_at, manifest)
         select $1, r.id, s.id, s.label, clock_now() - $4 * interval '1 hour', clock_now() - $4 * interval '1 hour',
                100, 10, 1, 1, $5, $6, case when $7 then clock_now() end, '{}'
           from sources s, repositories r where s.name = $2 and r.name = $3`,
        [
          ids[index],
          source,
          repository,
          hoursAgo,
          JSON.stringify(tags ?? {}),
          damaged ?? false,
          proven ?? false,
        ],
      )
    }
    return ids
  }

  async pin(id: string): Promise<void> {
    await this.#catalog.query(
      `insert into backup_care (repository, backup_id, pinned, pinned_by, pinned_at)
       select r.repository, b.id, true, 'ops', clock_now()
         from backups b join repositories r on r.id = b.repository_id where b.id = $1
       on conflict (repository, backup_id) do update set pinned = true`,
      [id],
    )
  }

  /** How many backups are marked for deletion. */
  async marked(): Promise<number> {
    return (await this.#catalog.query('select from backup_deletions')).length
  }
}
