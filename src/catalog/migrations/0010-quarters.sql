-- Days as their readers count them.

-- The runs of day_totals by quarter of an hour and repository: out of them the days of every time zone can be put together.
create table run_quarters (
  -- The beginning of the one in which the runs were asked for.
  quarter timestamptz not null,
  repository_id uuid not null,
  kind text not null,
  trigger text not null,
  state text not null,
  runs bigint not null,
  seconds double precision not null,
  dumped_bytes double precision not null,
  stored_bytes double precision not null,
  primary key (quarter, repository_id, kind, trigger, state)
);

create function quarter_of(at timestamptz) returns timestamptz language sql immutable as
  $$ select date_bin('15 minutes', at, '2000-01-01 00:00:00Z') $$;

-- As before, and the quarter, under the same lock.
create or replace function count_total() returns trigger language plpgsql as $$
declare
  took double precision := case when new.state = 'completed'
    then coalesce(extract(epoch from new.finished_at - new.started_at), 0) else 0 end;
  dumped double precision := case when new.kind = 'backup'
    then result_bytes(new.result, 'bytes') else 0 end;
  stored double precision := case when new.kind = 'backup'
    then result_bytes(new.result, 'storedBytes') else 0 end;
begin
  perform pg_advisory_xact_lock(7420003);
  insert into day_totals as total
  select days.day, new.kind, new.trigger, new.state, 1, took, dumped, stored
  from unnest(array['-infinity', (new.queued_at at time zone 'UTC')::date]::date[]) as days (day)
  on conflict (day, kind, trigger, state) do update
    set runs = total.runs + 1, seconds = total.seconds + excluded.seconds,
      dumped_bytes = total.dumped_bytes + excluded.dumped_bytes,
      stored_bytes = total.stored_bytes + excluded.stored_bytes;
  insert into run_quarters as total
  values (quarter_of(new.queued_at), new.repository_id, new.kind, new.trigger, new.state, 1, took,
    dumped, stored)
  on conflict (quarter, repository_id, kind, trigger, state) do update
    set runs = total.runs + 1, seconds = total.seconds + excluded.seconds,
      dumped_bytes = total.dumped_bytes + excluded.dumped_bytes,
      stored_bytes = total.stored_bytes + excluded.stored_bytes;
  return null;
end $$;

-- Counts all quarters anew.
create function recount_quarters() returns void language sql as $$
  delete from run_quarters;
  insert into run_quarters
  select quarter_of(queued_at), repository_id, kind, trigger, state, count(*),
    coalesce(sum(extract(epoch from finished_at - started_at)) filter (where state = 'completed'), 0),
    coalesce(sum(result_bytes(result, 'bytes')) filter (where kind = 'backup'), 0),
    coalesce(sum(result_bytes(result, 'storedBytes')) filter (where kind = 'backup'), 0)
  from runs where finished_at is not null
  group by 1, 2, 3, 4, 5;
$$;
select recount_quarters();
