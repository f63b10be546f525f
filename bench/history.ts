import { Catalog } from '../src/catalog/db.ts'
import { migrate } from '../src/catalog/migrate.ts'
import { setScheduler } from '../src/catalog/slots.ts'
import { writePast } from '../support/catalog.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'

export const SOURCES = 200
export const RUNS = 1_000_000
/** How many of each thing are asked for by name. */
const NAMED = 100
/** Runs that are tried again tomorrow: they can be paused and resumed, and nobody starts them. */
const WAITING = 20

const RETRY = `'{"delays": [30, 60, 120], "networkDelays": [60, 120, 300]}'`

/** What the details of a backup are taken from. */
const MANIFEST = JSON.stringify({
  source: { engine: 'postgres', database: 'shop', server: '18.1', tool: '18.1', properties: {} },
  streams: [{ name: 'data', format: 'pg_dump', bytes: 123_456_789, chunks: 1234 }],
  stored: { newChunks: 12, reusedChunks: 1222 },
  madeBy: { holdfast: '0.1.0', host: 'bench' },
  tags: {},
  warnings: [],
})

/** Made within the database, without the triggers that are for one run at a time: that takes minutes. */
const STATEMENTS: readonly string[] = [
  `insert into repositories (id, name, repository, place, url_sealed, key_sealed, key_slot)
   select gen_random_uuid(), 'repository ' || n, n::text, '/srv/backups/' || n, '', '', ''
   from generate_series(1, 4) n`,
  `insert into sources (id, name, engine, url_sealed, host, database, label)
   select gen_random_uuid(), 'source ' || n, 'postgres', '', 'db' || n % 20 || ':5432', 'shop' || n,
     'shop' || n || '@db' || n % 20 || ':5432'
   from generate_series(1, ${SOURCES}) n`,
  `insert into schedules (id, source_id, repository_id, cron, time_zone, retry, next_slot, next_fire,
     last_slot, last_run_at, period_seconds)
   select gen_random_uuid(), s.id, r.id, 'hourly', 'UTC', ${RETRY},
     date_trunc('hour', now()) + interval '1 hour', date_trunc('hour', now()) + interval '1 hour',
     date_trunc('hour', now()), now(), 3600
   from (select *, row_number() over (order by name) as n from sources) s
   join (select *, row_number() over (order by name) as n from repositories) r
     on r.n = s.n % 4 + 1`,
  // Ids as they come by chance, a thirtieth of all runs not completed, some by hand, few that are no backup.
  `insert into runs (id, kind, state, source_id, repository_id, schedule_id, trigger, triggered_by, slot,
     lock_key, host, retry, fence, attempt, failure, result, backup_id, queued_at, started_at, finished_at)
   select gen_random_uuid(),
     case when n % 500 = 0 then 'verify' when n % 700 = 0 then 'restore' else 'backup' end,
     case when n % 40 = 0 then 'failed' when n % 300 = 1 then 'skipped' when n % 1000 = 2
       then 'cancelled' else 'completed' end,
     s.id, s.repository_id, case when n % 50 <> 0 then s.schedule_id end,
     case when n % 50 = 0 then 'manual' when n % 400 = 3 then 'catch-up' else 'schedule' end,
     case when n % 50 = 0 then 'user ann' || n % 7 || '@example.org' else 'schedule' end, null,
     'source:' || s.id, s.host, ${RETRY}, 1, 1,
     case when n % 40 = 0 or n % 300 = 1 then jsonb_build_object('code', 'DATABASE_UNREACHABLE',
       'message', 'could not connect to ' || s.host || ': connection refused', 'retry', true) end,
     '{"bytes": 123456789, "storedBytes": 1234567, "tables": 81, "rows": 1000000}',
     case when n % 40 <> 0 then md5(n::text) end,
     at, at + interval '1 second', at + interval '1 second' * (30 + n % 601)
   from generate_series(1, $1::int) n
   join (select sources.*, schedules.id as schedule_id, schedules.repository_id,
           row_number() over (order by sources.name) as place
         from sources join schedules on schedules.source_id = sources.id) s
     on s.place = n % ${SOURCES} + 1,
   lateral (select now() - interval '1 hour' - ($1::int - n) * interval '15 seconds' as at) t`,
  `insert into backups (id, repository_id, source_id, source_label, run_id, started_at, finished_at,
     dump_bytes, stored_bytes, tables, rows, manifest, verified_at)
   select backup_id, repository_id, source_id, lock_key, id, started_at, finished_at, 123456789, 1234567,
     81, 1000000, $$${MANIFEST}$$, case when attempt = 1 then finished_at end
   from runs where kind = 'backup' and state = 'completed' order by queued_at desc limit 20000`,
  // Measured on every day of the last year.
  `insert into repository_days
   select id, current_date - ago, 1e9 + 1e7 * (365 - ago), 1e11 + 1e9 * (365 - ago), 365 - ago, now() - ago * interval '1 day'
   from repositories, generate_series(0, 365) as ago`,
  `insert into runs (id, kind, state, source_id, repository_id, trigger, triggered_by, lock_key, retry,
     attempt, failures, not_before)
   select gen_random_uuid(), 'backup', 'retrying', s.id, r.id, 'manual', 'bench', 'bench:' || s.id, ${RETRY},
     1, 1, now() + interval '1 day'
   from (select id from sources order by name limit ${WAITING}) s,
     (select id from repositories order by name limit 1) r`,
]

/** A catalog with a history, on a server of its own that keeps what it is told, as one that is used for real. */
export interface History {
  readonly catalog: Catalog
  readonly url: string
  /** Ids to ask for, by what stands for them in a path. */
  readonly ids: Readonly<Record<string, readonly string[]>>
  readonly close: () => Promise<void>
}

/** Makes a catalog with so many runs of 200 sources, one every 15 seconds; none of its schedules fires. */
export async function openHistory(runs: number): Promise<History> {
  const settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }
  const server = await startPostgres({ settings })
  await server.query('postgres', 'create database catalog')
  const url = server.url('catalog')
  const catalog = new Catalog({ connectionString: url })
  const close = () => closeBoth(catalog, server)
  try {
    await migrate(catalog)
    const statements = STATEMENTS.map(sql => [sql, sql.includes('$1') ? [runs] : []] as const)
    await writePast({ connectionString: url }, statements)
    await catalog.transaction(sql => setScheduler(sql, 'stopped'))
    return { catalog, url, ids: await someIds(catalog, runs), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function closeBoth(catalog: Catalog, server: PostgresServer): Promise<void> {
  await catalog.close()
  await server.stop()
}

async function someIds(catalog: Catalog, runs: number): Promise<History['ids']> {
  const idsOf = async (from: string) =>
    (await catalog.query<{ id: string }>(`select id from ${from}`)).map(one => one.id)
  const sample = `order by md5(id::text) limit ${NAMED}`
  return {
    SOURCE: await idsOf(`sources ${sample}`),
    REPOSITORY: await idsOf(`repositories ${sample}`),
    SCHEDULE: await idsOf(`schedules ${sample}`),
    BACKUP: await idsOf(`backups ${sample}`),
    WAITING: await idsOf(`runs where state = 'retrying'`),
    RUN: await idsOf(`(select id from runs where finished_at is not null limit 10000) r ${sample}`),
    OLD: await idsOf(`(select id from runs order by queued_at desc, id desc
      offset ${Math.floor(runs / 2)} limit ${NAMED}) r`),
    BEGINNING: await idsOf(`(select left(id::text, 6) as id from runs limit ${NAMED}) r`),
    FROM: [new Date(monday()).toISOString()],
    UNTIL: [new Date(monday() + 7 * DAY_MS).toISOString()],
    WEEK: [new Date(Date.now() - 7 * 86_400_000 - 12_345).toISOString()],
  }
}

const DAY_MS = 86_400_000
/** Of this week, or of one nearly so: the fifth day of all was a Monday. */
const monday = () => Math.floor((Date.now() / DAY_MS - 4) / 7) * 7 * DAY_MS + 4 * DAY_MS

/** A path with an id in place of each word in capitals: the `pick`th of those there are. */
export const pathOf = (path: string, ids: History['ids'], pick = 0): string =>
  path.replaceAll(/[A-Z]{3,}/g, name => {
    const some = ids[name] ?? []
    return some[pick % some.length] ?? name
  })
