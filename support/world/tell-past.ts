import { hostname } from 'node:os'
import { DEFAULT_RETRY } from '../../src/core/run.ts'
import { type CatalogConnection, writePast } from '../catalog.ts'
import { DAYS, type PastRun } from './past-runs.ts'

/** Tells a catalog that all it knows of has been there for long, and that these runs have been. */
export async function tellPast(
  connection: CatalogConnection,
  runs: readonly PastRun[],
): Promise<void> {
  const since = `clock_now() - interval '${DAYS} days'`
  await writePast(connection, [
    ...['sources', 'repositories', 'schedules'].map(
      table => [`update ${table} set created_at = ${since}`] as const,
    ),
    // Nobody can have expected so many before.
    ['update schedules set created_at = clock_now() where period_seconds < 3600'],
    [
      `insert into nodes (id, host, pid, version, max_runs, started_at, seen_at, stopped_at)
       select gen_random_uuid(), $1, 1, version, max_runs, ${since}, stopped, stopped
       from nodes, lateral (select clock_now() - interval '1 day' as stopped) before limit 1`,
      [hostname()],
    ],
    [RUNS, [JSON.stringify(runs), DEFAULT_RETRY]],
    [ATTEMPTS],
    [EVENTS],
    [
      `update schedules set last_run_at = newest.at
       from (select schedule_id, max(queued_at) as at from runs group by 1) newest
       where newest.schedule_id = schedules.id`,
    ],
    [
      `update backups set verified_at = proofs.at
       from (select backup_id, max(finished_at) as at from runs where kind = 'verify' group by 1) proofs
       where proofs.backup_id = backups.id`,
    ],
    [REPOSITORY_DAYS],
  ])
}

const RUNS = `
  insert into runs (id, kind, state, source_id, repository_id, schedule_id, trigger, triggered_by, slot,
    missed_slots, lock_key, host, request, retry, fence, attempt, failures, failure, result, backup_id,
    queued_at, started_at, finished_at)
  select told.id, told.kind, told.state, s.id, r.id,
    case when told.trigger <> 'manual' then schedules.id end, told.trigger, told.by, told.slot,
    array(select jsonb_array_elements_text(told.missed)::timestamptz),
    coalesce('source:' || s.id, 'repository:' || r.id), coalesce(s.host, ''), told.request, $2::jsonb,
    told.attempt, told.attempt, told.attempt - (told.state = 'completed')::int, told.failure, told.result,
    told.backup, told.queued, told.started, told.finished
  from jsonb_to_recordset($1::jsonb) as told (id uuid, kind text, state text, source text, trigger text, by text,
      slot timestamptz, missed jsonb, queued timestamptz, started timestamptz, finished timestamptz,
      attempt int, failure jsonb, result jsonb, request jsonb, backup text)
    cross join (select id from repositories limit 1) r
    left join sources s on s.name = told.source
    left join schedules on schedules.source_id = s.id
  on conflict do nothing`

/** All but the last one failed, with the pauses of the usual rule between them. */
const ATTEMPTS = `
  insert into run_attempts (run_id, attempt, node_id, fence, started_at, finished_at, outcome, failure, bytes)
  select runs.id, n, nodes.id, n,
    case n when 1 then started_at when attempt then greatest(started_at, finished_at - interval '3 seconds')
      else started_at + interval '1 minute' * (3 ^ (n - 1) / 3) end,
    case n when attempt then finished_at
      else started_at + interval '1 minute' * (3 ^ (n - 1) / 3) + interval '2 seconds' end,
    case when n < attempt then 'failed' else state end,
    case when n < attempt or state = 'failed' then runs.failure end,
    case when n = attempt and state = 'completed' then (result ->> 'bytes')::bigint end
  from runs, generate_series(1, attempt) as n, (select id from nodes order by started_at limit 1) nodes
  where runs.finished_at is not null and not exists (select from run_attempts where run_id = runs.id)`

const EVENTS = `
  insert into run_events (run_id, attempt, at, kind, message)
  select runs.id, told.attempt, told.at, told.kind, told.message
  from runs, lateral (
    select 0, queued_at, 'state', 'queued by ' || triggered_by
    union all
    select attempt, started_at, 'state', 'claimed' from run_attempts where run_id = runs.id
    union all
    select n, finished_at, 'state', 'attempt ' || n || ' failed: ' || (a.failure ->> 'message')
    from run_attempts a, lateral (select a.attempt) as o (n) where run_id = runs.id and outcome = 'failed'
    union all
    select runs.attempt, at + interval '1 millisecond' * place, 'stage', stage
    from (values ('preparing', 0.0, 1), ('dumping', 0.1, 2), ('finishing', 0.9, 3), ('verifying', 0.95, 4))
        as stages (stage, share, place),
      lateral (select started_at + (finished_at - started_at) * share) as times (at)
    where kind = 'backup' and state = 'completed' and runs.attempt = 1
    union all
    select runs.attempt, finished_at, 'state',
      state || case state when 'skipped' then ': ' || (failure ->> 'message')
        when 'cancelled' then ' by ' || triggered_by else '' end
    where state <> 'failed'
  ) as told (attempt, at, kind, message)
  where runs.finished_at is not null and not exists (select from run_events where run_id = runs.id)
  order by told.at`

/** As if it had been measured each day: it has grown to what it is. */
const REPOSITORY_DAYS = `
  insert into repository_days (repository_id, day, used_bytes, dump_bytes, backups, measured_at)
  select held.repository_id, (clock_now() at time zone 'UTC')::date - ago,
    held.stored * (1 - ago / 90.0), held.dumped * (1 - ago / 75.0), held.number * (1 - ago / 80.0),
    clock_now() - interval '1 day' * ago
  from (select repository_id, sum(stored_bytes) as stored, sum(dump_bytes) as dumped, count(*) as number
      from backups group by 1) held,
    generate_series(1, ${DAYS - 1}) as ago
  on conflict do nothing`
