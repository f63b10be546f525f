-- What an overview tells of the past, and what a search finds.

-- What became of the backups of a source, in the 96 quarters of an hour of each day in UTC. No time zone in use since 1972
-- is ahead of UTC by a part of a quarter: out of them the days of every zone can be put together.
create table source_days (
  source_id uuid not null,
  day date not null,
  -- 96 bits for each of the marks below.
  marks bit(480) not null,
  primary key (source_id, day)
);

-- One mark, in the quarter of a moment.
create function mark_at(at timestamptz, mark text) returns bit(480) language sql immutable as $$
  select set_bit(0::bit(480), case mark
      -- A backup that was asked for then has completed, failed, or was skipped.
      when 'completed' then 0 when 'failed' then 96 when 'skipped' then 192
      -- A slot passed then that got no run of its own, or got it more than an hour late.
      when 'missed' then 288
      -- A good backup ended then; it may have been deleted since.
      when 'good' then 384
    end + floor(extract(epoch from (at at time zone 'UTC')::time) / 900)::int, 1)
$$;

create function mark_source(source uuid, at timestamptz, mark text) returns void language sql as $$
  insert into source_days as marked
  values (source, (at at time zone 'UTC')::date, mark_at(at, mark))
  on conflict (source_id, day) do update set marks = marked.marks | excluded.marks
$$;

-- The slots that a run stands for and that were missed. What a blackout held back was not: such a run is no catch-up.
-- Beyond those that are named, a slot is taken to have been in each quarter up to the run's own, for 400 days at most.
create function missed_by(run runs) returns setof timestamptz language sql stable as $$
  select * from unnest(run.missed_slots) where run.trigger = 'catch-up'
  union
  select run.slot where run.trigger = 'catch-up' and run.queued_at > run.slot + interval '1 hour'
  union
  select generate_series(greatest(run.missed_slots[cardinality(run.missed_slots)],
    run.slot - interval '400 days'), run.slot - interval '1 minute', interval '15 minutes')
  where run.trigger = 'catch-up' and run.missed_more > 0
$$;

create function mark_missed() returns trigger language plpgsql as $$
begin
  perform mark_source(new.source_id, min(at), 'missed')
  from missed_by(new) as missed (at)
  group by date_bin('15 minutes', at, '2000-01-01 00:00:00Z') order by min(at);
  return null;
end $$;
create trigger runs_mark_missed after insert on runs for each row
  when (new.kind = 'backup' and new.source_id is not null and new.trigger = 'catch-up'
    and new.slot is not null)
  execute function mark_missed();

create function mark_run() returns trigger language plpgsql as $$
begin
  if new.state in ('completed', 'failed', 'skipped') then
    perform mark_source(new.source_id, new.queued_at, new.state);
  end if;
  if new.state = 'completed' then
    perform mark_source(new.source_id, new.finished_at, 'good');
  end if;
  return null;
end $$;
create trigger runs_mark_new after insert on runs for each row
  when (new.finished_at is not null and new.kind = 'backup' and new.source_id is not null)
  execute function mark_run();
create trigger runs_mark after update on runs for each row
  when (old.finished_at is null and new.finished_at is not null and new.kind = 'backup'
    and new.source_id is not null)
  execute function mark_run();

-- Backups that no run of ours made count, too; dumps that somebody brought in do not.
create function mark_backup() returns trigger language plpgsql as $$
begin
  perform mark_source(new.source_id, new.finished_at, 'good');
  return null;
end $$;
create trigger backups_mark_new after insert on backups for each row
  when (new.source_id is not null and not new.unreadable and not new.tags ? 'uploaded')
  execute function mark_backup();
create trigger backups_mark after update on backups for each row
  when (new.source_id is not null and not new.unreadable and not new.tags ? 'uploaded'
    and (old.source_id is distinct from new.source_id or old.unreadable))
  execute function mark_backup();

-- Marks all there is anew.
create function remark_sources() returns void language sql as $$
  delete from source_days;
  insert into source_days
  select source_id, (at at time zone 'UTC')::date, bit_or(mark_at(at, mark))
  from (
    select source_id, queued_at as at, state as mark from runs
    where kind = 'backup' and state in ('completed', 'failed', 'skipped')
    union all
    select source_id, finished_at, 'good' from runs where kind = 'backup' and state = 'completed'
    union all
    select source_id, missed.at, 'missed' from runs, missed_by(runs) as missed (at)
    where kind = 'backup' and trigger = 'catch-up' and slot is not null
    union all
    select source_id, finished_at, 'good' from backups where not unreadable and not tags ? 'uploaded'
  ) marks
  where source_id is not null
  group by 1, 2;
$$;
select remark_sources();

-- The runs of run_days without the things they worked on: what is asked most often is then told out of a few rows a day.
create table day_totals (
  day date not null,
  kind text not null,
  trigger text not null,
  state text not null,
  runs bigint not null,
  seconds double precision not null,
  dumped_bytes double precision not null,
  stored_bytes double precision not null,
  primary key (day, kind, trigger, state)
);

-- All runs that end on a day change the same few rows. So they do it while they commit, one after the other, under the lock
-- of the changes: two that end several runs each would otherwise wait for each other in a circle.
create function count_total() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7420003);
  insert into day_totals as total
  select days.day, new.kind, new.trigger, new.state, 1, case when new.state = 'completed'
      then coalesce(extract(epoch from new.finished_at - new.started_at), 0) else 0 end,
    case when new.kind = 'backup' then result_bytes(new.result, 'bytes') else 0 end,
    case when new.kind = 'backup' then result_bytes(new.result, 'storedBytes') else 0 end
  from unnest(array['-infinity', (new.queued_at at time zone 'UTC')::date]::date[]) as days (day)
  on conflict (day, kind, trigger, state) do update
    set runs = total.runs + 1, seconds = total.seconds + excluded.seconds,
      dumped_bytes = total.dumped_bytes + excluded.dumped_bytes,
      stored_bytes = total.stored_bytes + excluded.stored_bytes;
  return null;
end $$;
create constraint trigger runs_total_new after insert on runs deferrable initially deferred
  for each row when (new.finished_at is not null) execute function count_total();
create constraint trigger runs_total after update on runs deferrable initially deferred
  for each row when (old.finished_at is null and new.finished_at is not null)
  execute function count_total();

-- Adds up anew what run_days has.
create function recount_totals() returns void language sql as $$
  delete from day_totals;
  insert into day_totals
  select day, kind, trigger, state, sum(runs), sum(seconds), sum(dumped_bytes), sum(stored_bytes)
  from run_days group by 1, 2, 3, 4;
$$;
select recount_totals();

-- What a repository held and took on its storage, as last measured on each day.
create table repository_days (
  repository_id uuid not null references repositories,
  -- In UTC.
  day date not null,
  used_bytes bigint not null,
  -- Of all dumps in it, before anything was saved on them.
  dump_bytes bigint not null,
  backups integer not null,
  measured_at timestamptz not null,
  primary key (repository_id, day)
);
-- When somebody last tried to measure it, with success or without.
alter table repository_usage add column tried_at timestamptz;
update repository_usage set tried_at = measured_at;

-- The beginnings of ids, and what people said of backups, newest first.
create index backups_id on backups (id text_pattern_ops);
create index backups_tagged on backups (finished_at desc) where tags <> '{}';
create index backup_care_noted on backup_care (noted_at desc) where note <> '';
