-- The clock of slots, leases and records: PostgreSQL's own, whatever the nodes' clocks say.
create function clock_now() returns timestamptz language sql volatile as 'select clock_timestamp()';

create table sources (
  id uuid primary key,
  name text not null check (name = btrim(name) and length(name) between 1 and 100),
  engine text not null,
  -- The whole URL, sealed; what follows are its parts without the password, for people.
  url_sealed bytea not null,
  host text not null,
  database text not null,
  label text not null,
  revision integer not null default 1,
  created_at timestamptz not null default clock_now(),
  removed_at timestamptz
);
create unique index sources_name on sources (lower(name)) where removed_at is null;

create table repositories (
  id uuid primary key,
  name text not null check (name = btrim(name) and length(name) between 1 and 100),
  -- The id that the repository itself says.
  repository text not null,
  place text not null,
  url_sealed bytea not null,
  -- A recovery key of the repository that only this server has.
  key_sealed bytea not null,
  -- The repository's slot of that key.
  key_slot text not null,
  -- How many runs may work on it at the same time; null: no limit of its own.
  max_runs integer check (max_runs > 0),
  created_at timestamptz not null default clock_now(),
  removed_at timestamptz
);
create unique index repositories_name on repositories (lower(name)) where removed_at is null;

create table schedules (
  id uuid primary key,
  source_id uuid not null references sources,
  repository_id uuid not null references repositories,
  -- Either cron fields, or words for them, or another schedule whose completed runs this one follows.
  cron text,
  after_schedule_id uuid references schedules,
  time_zone text not null,
  enabled boolean not null default true,
  priority integer not null default 0,
  jitter_seconds integer not null default 0 check (jitter_seconds between 0 and 86400),
  blackout jsonb not null default '[]',
  retry jsonb not null,
  max_bytes bigint check (max_bytes > 0),
  -- The earliest slot that has no record yet, and when it is to fire (jitter and blackout included).
  next_slot timestamptz,
  next_fire timestamptz,
  last_slot timestamptz,
  last_run_at timestamptz,
  revision integer not null default 1,
  created_at timestamptz not null default clock_now(),
  removed_at timestamptz,
  check ((cron is null) <> (after_schedule_id is null))
);
create index schedules_due on schedules (next_fire)
  where enabled and removed_at is null and next_fire is not null;
create index schedules_source on schedules (source_id);
create index schedules_after on schedules (after_schedule_id) where after_schedule_id is not null;

create table nodes (
  id uuid primary key,
  host text not null,
  pid integer not null,
  -- Which process the number means, by which others on its machine know that it is gone.
  process_mark text,
  version text not null,
  max_runs integer not null,
  started_at timestamptz not null default clock_now(),
  seen_at timestamptz not null default clock_now(),
  stopped_at timestamptz
);

create table runs (
  id uuid primary key,
  kind text not null check (kind in ('backup', 'restore', 'verify', 'check')),
  state text not null default 'queued',
  source_id uuid references sources,
  repository_id uuid not null references repositories,
  schedule_id uuid references schedules,
  trigger text not null check (trigger in ('manual', 'schedule', 'catch-up', 'after')),
  triggered_by text not null,
  slot timestamptz,
  -- Slots that passed unserved before this one and that this run stands for.
  missed_slots timestamptz[] not null default '{}',
  -- How many more there are than are named.
  missed_more integer not null default 0,
  -- What the run has to itself: source:<id>, repository:<id> or target:<label>.
  lock_key text not null,
  -- The server whose load the run is, for limits.
  host text not null default '',
  request jsonb not null default '{}',
  request_sealed bytea,
  idempotency_key text unique,
  priority integer not null default 0,
  retry jsonb not null,
  -- Not to be claimed before.
  not_before timestamptz not null default clock_now(),
  -- Raised with every claim; a write that shows another one is refused.
  fence bigint not null default 0,
  attempt integer not null default 0,
  failures integer not null default 0,
  lost integer not null default 0,
  node_id uuid references nodes,
  lease_until timestamptz,
  -- What people want of an active run: null (go on), pause, cancel.
  wanted text check (wanted in ('pause', 'cancel')),
  wanted_by text,
  wanted_at timestamptz,
  -- Paused because everything is, not by name.
  paused_by_all boolean not null default false,
  -- The point of no return: from here on the backup may exist.
  committing boolean not null default false,
  progress jsonb,
  result jsonb,
  failure jsonb,
  warnings jsonb not null default '[]',
  backup_id text,
  -- To the millisecond: with the id it is the key by which lists are paged.
  queued_at timestamptz(3) not null default clock_now(),
  started_at timestamptz,
  finished_at timestamptz,
  check ((state in ('completed', 'failed', 'cancelled', 'skipped')) = (finished_at is not null)),
  check ((state in ('running', 'paused')) = (lease_until is not null)),
  check (state not in ('failed', 'skipped') or failure is not null)
);
create unique index runs_slot on runs (schedule_id, slot) where slot is not null;
create unique index runs_one_active on runs (lock_key)
  where state in ('queued', 'running', 'paused', 'retrying');
create index runs_claim on runs (priority desc, (trigger = 'manual') desc, queued_at, id)
  where state in ('queued', 'retrying');
create index runs_leased on runs (lease_until) where state in ('running', 'paused');
create index runs_newest on runs (queued_at desc, id desc);
create index runs_by_source on runs (source_id, queued_at desc, id desc);

create table run_moves (from_state text, to_state text, primary key (from_state, to_state));
insert into run_moves values
  ('queued', 'running'), ('queued', 'cancelled'), ('queued', 'skipped'), ('queued', 'failed'),
  ('running', 'paused'), ('running', 'retrying'), ('running', 'completed'), ('running', 'failed'),
  ('running', 'cancelled'),
  ('paused', 'running'), ('paused', 'retrying'), ('paused', 'failed'), ('paused', 'cancelled'),
  ('retrying', 'running'), ('retrying', 'cancelled'), ('retrying', 'failed');

-- Whoever writes, these hold: final states are frozen, other moves are those of the table, the fence only rises.
create function guard_run() returns trigger language plpgsql as $$
begin
  if old.finished_at is not null then
    raise exception 'run % is %, which is final', old.id, old.state using errcode = 'HF001';
  end if;
  if new.state <> old.state and not exists
      (select from run_moves where from_state = old.state and to_state = new.state) then
    raise exception 'run % cannot go from % to %', old.id, old.state, new.state
      using errcode = 'HF001';
  end if;
  if new.fence < old.fence then
    raise exception 'run % has been given to another worker', old.id using errcode = 'HF002';
  end if;
  return new;
end $$;
create trigger runs_guard before update on runs for each row execute function guard_run();

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is only ever added to', tg_table_name using errcode = 'HF003';
end $$;
create trigger runs_no_delete before delete on runs for each row execute function refuse_change();
create trigger runs_no_truncate before truncate on runs
  for each statement execute function refuse_change();

-- Wakes whoever works or watches. Each listener reads the row; the message only says where to look.
create function announce_run() returns trigger language plpgsql as $$
begin
  perform pg_notify('holdfast_runs', json_build_object('run', new.id, 'state', new.state,
    'node', new.node_id, 'wanted', new.wanted)::text);
  return null;
end $$;
create trigger runs_announce_new after insert on runs for each row execute function announce_run();
create trigger runs_announce after update of state, wanted on runs for each row
  when (old.state is distinct from new.state or old.wanted is distinct from new.wanted)
  execute function announce_run();

create table run_attempts (
  run_id uuid not null references runs,
  attempt integer not null,
  node_id uuid not null references nodes,
  fence bigint not null,
  -- The runner's process, by which a later worker on the same host knows what the dead one left.
  pid integer,
  pid_started text,
  -- It was past the point of no return: what it did may stand although nobody heard of it.
  committing boolean not null default false,
  started_at timestamptz not null default clock_now(),
  finished_at timestamptz,
  outcome text check (outcome in ('completed', 'failed', 'cancelled', 'lost', 'handed back')),
  failure jsonb,
  bytes bigint,
  primary key (run_id, attempt)
);

create table run_events (
  id bigint generated always as identity primary key,
  run_id uuid not null references runs,
  attempt integer not null,
  at timestamptz not null default clock_now(),
  -- state, stage, notice, warning, error, control
  kind text not null,
  message text not null,
  details jsonb not null default '{}'
);
create index run_events_run on run_events (run_id, id);

-- What the repositories hold, as last seen: rebuilt from them at any time.
create table backups (
  id text not null,
  repository_id uuid not null references repositories,
  source_id uuid references sources,
  source_label text not null,
  run_id uuid,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  dump_bytes bigint not null,
  stored_bytes bigint not null,
  tables integer not null,
  rows bigint not null,
  manifest jsonb not null,
  verified_at timestamptz,
  seen_at timestamptz not null default clock_now(),
  primary key (repository_id, id)
);
create index backups_source on backups (source_id, finished_at desc);

create table settings (
  name text primary key,
  value jsonb not null,
  changed_at timestamptz not null default clock_now()
);

create table api_keys (
  id uuid primary key,
  name text not null check (name = btrim(name) and length(name) between 1 and 100),
  -- SHA-256 of the key, which nobody but its holder has.
  hash bytea not null unique,
  created_at timestamptz not null default clock_now(),
  last_used_at timestamptz,
  removed_at timestamptz
);
create unique index api_keys_name on api_keys (lower(name)) where removed_at is null;

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_now(),
  actor text not null,
  action text not null,
  object_kind text not null,
  object_id text,
  object_name text,
  result text not null default 'done',
  details jsonb not null default '{}'
);
create trigger audit_log_frozen before update or delete on audit_log
  for each row execute function refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log
  for each statement execute function refuse_change();

-- Who holds what, for people: the active run is the lock.
create view locks as
  select lock_key, id as run_id, kind, state, node_id, triggered_by, queued_at, started_at, lease_until
  from runs where state in ('queued', 'running', 'paused', 'retrying');
