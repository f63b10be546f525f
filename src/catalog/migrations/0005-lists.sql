-- What lists and numbers need to stay fast.

-- Each filter of a list has an index in the order of the list. What nearly every run is (completed, a backup,
-- on schedule) is left out: there the index of all runs finds a page as soon.
create index runs_by_state on runs (state, queued_at desc, id desc) where state <> 'completed';
create index runs_by_kind on runs (kind, queued_at desc, id desc) where kind <> 'backup';
create index runs_by_kind_trigger on runs (kind, trigger, queued_at desc, id desc)
  where kind <> 'backup';
create index runs_by_trigger on runs (trigger, queued_at desc, id desc) where trigger <> 'schedule';
create index runs_by_repository on runs (repository_id, queued_at desc, id desc);
create index runs_by_schedule on runs (schedule_id, queued_at desc, id desc)
  where schedule_id is not null;
create index runs_by_source_state on runs (source_id, state, queued_at desc, id desc)
  where state <> 'completed';
create index runs_by_repository_state on runs (repository_id, state, queued_at desc, id desc)
  where state <> 'completed';
create index runs_by_who on runs (lower(triggered_by), queued_at desc, id desc)
  where trigger = 'manual';

-- The run whose request this one repeats.
alter table runs add column repeats uuid references runs;

-- Runs that are over, counted by day: a final state never changes, so no count is ever taken back.
create table run_days (
  -- In UTC, of the moment in which the run was asked for; -infinity: of all days together.
  day date not null,
  -- All zeros where a run has none.
  source_id uuid not null,
  repository_id uuid not null,
  schedule_id uuid not null,
  kind text not null,
  trigger text not null,
  state text not null,
  runs bigint not null,
  -- That the completed ones took.
  seconds double precision not null,
  -- Of the dumps of completed backups, and what they added to their repository.
  dumped_bytes double precision not null,
  stored_bytes double precision not null,
  primary key (day, source_id, repository_id, schedule_id, kind, trigger, state)
);
create index run_days_source on run_days (source_id, day);

create function uuid_or_zeros(id uuid) returns uuid language sql immutable as
  $$ select coalesce(id, '00000000-0000-0000-0000-000000000000') $$;

create function result_bytes(result jsonb, what text) returns double precision language sql immutable as
  $$ select case when jsonb_typeof(result -> what) = 'number'
       then (result ->> what)::double precision else 0 end $$;

create function count_run() returns trigger language plpgsql as $$
begin
  insert into run_days
  select days.day, uuid_or_zeros(new.source_id), new.repository_id, uuid_or_zeros(new.schedule_id),
    new.kind, new.trigger, new.state, 1, case when new.state = 'completed'
      then coalesce(extract(epoch from new.finished_at - new.started_at), 0) else 0 end,
    case when new.kind = 'backup' then result_bytes(new.result, 'bytes') else 0 end,
    case when new.kind = 'backup' then result_bytes(new.result, 'storedBytes') else 0 end
  from unnest(array['-infinity', (new.queued_at at time zone 'UTC')::date]::date[]) as days (day)
  on conflict (day, source_id, repository_id, schedule_id, kind, trigger, state) do update
    set runs = run_days.runs + 1, seconds = run_days.seconds + excluded.seconds,
      dumped_bytes = run_days.dumped_bytes + excluded.dumped_bytes,
      stored_bytes = run_days.stored_bytes + excluded.stored_bytes;
  return null;
end $$;
create trigger runs_count_new after insert on runs for each row
  when (new.finished_at is not null) execute function count_run();
create trigger runs_count after update on runs for each row
  when (old.finished_at is null and new.finished_at is not null) execute function count_run();

-- Counts all runs anew.
create function recount_runs() returns void language sql as $$
  delete from run_days;
  insert into run_days
  select days.day, uuid_or_zeros(source_id), repository_id, uuid_or_zeros(schedule_id), kind, trigger,
    state, count(*), coalesce(sum(extract(epoch from finished_at - started_at))
      filter (where state = 'completed'), 0),
    coalesce(sum(result_bytes(result, 'bytes')) filter (where kind = 'backup'), 0),
    coalesce(sum(result_bytes(result, 'storedBytes')) filter (where kind = 'backup'), 0)
  from runs,
    unnest(array['-infinity', (queued_at at time zone 'UTC')::date]::date[]) as days (day)
  where finished_at is not null
  group by 1, 2, 3, 4, 5, 6, 7;
$$;
select recount_runs();

-- The longest time between two firings of a schedule; null where nobody has worked it out yet.
alter table schedules add column period_seconds double precision;

-- What earlier backups of a source call it, where its database has moved since.
alter table sources add column former_labels text[] not null default '{}';

create index backups_proven on backups (source_id, verified_at desc) where verified_at is not null;

-- What a repository takes on its storage, as last measured.
create table repository_usage (
  repository_id uuid primary key references repositories,
  stored_bytes bigint,
  packs bigint,
  measured_at timestamptz,
  -- Somebody measures it since then.
  begun_at timestamptz
);

create index audit_log_actor on audit_log (lower(actor), id desc);
create index audit_log_action on audit_log (action, id desc);
create index audit_log_kind on audit_log (object_kind, id desc);
create index audit_log_name on audit_log (lower(object_name), id desc);
create index audit_log_object on audit_log (object_id text_pattern_ops, id desc);
create index audit_log_at on audit_log (at);

-- Binds each entry of the audit log to all before it: whoever changes one must change the hashes of all that follow.
create table audit_chain (
  seq bigint primary key,
  entry_id bigint not null unique,
  hash bytea not null
);
create trigger audit_chain_frozen before update or delete on audit_chain
  for each row execute function refuse_change();
create trigger audit_chain_no_truncate before truncate on audit_chain
  for each statement execute function refuse_change();

create function audit_hash(before bytea, entry audit_log) returns bytea language sql stable as $$
  select sha256(before || convert_to(jsonb_build_array(entry.id,
    (extract(epoch from entry.at) * 1000000)::bigint, entry.actor, entry.action, entry.object_kind,
    entry.object_id, entry.object_name, entry.result, entry.details, entry.address,
    entry.request_id)::text, 'UTF8'))
$$;

create function chain_audit() returns trigger language plpgsql as $$
declare
  last record;
begin
  -- Only now, at the end of the transaction: whoever writes an entry waits for nobody's work. It is the lock of
  -- the changes, too: two locks would be taken in both orders.
  perform pg_advisory_xact_lock(7420003);
  select seq, hash into last from audit_chain order by seq desc limit 1;
  insert into audit_chain
  values (coalesce(last.seq, 0) + 1, new.id, audit_hash(coalesce(last.hash, ''), new));
  return null;
end $$;

-- What was written before there was a chain.
do $$
declare
  entry audit_log;
  place bigint := 0;
  link bytea := '';
begin
  for entry in select * from audit_log order by id loop
    place := place + 1;
    link := audit_hash(link, entry);
    insert into audit_chain values (place, entry.id, link);
  end loop;
end $$;
create constraint trigger audit_log_chain after insert on audit_log
  deferrable initially deferred for each row execute function chain_audit();
