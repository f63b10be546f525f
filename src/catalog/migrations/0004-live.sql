-- What is told to those who watch: every change, in the order in which the changes took effect.
create table changes (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_now(),
  -- run, scheduler, pause, source, repository, schedule, backup, setting, user, api-key
  kind text not null,
  object_id text not null,
  change text not null,
  -- Of a run: where it stood after the change.
  facts jsonb not null default '{}'
);
-- There is always a newest change, so that there is always a position.
insert into changes (kind, object_id, change) values ('log', '', 'begun');

-- Ids must grow in the order in which transactions become visible, or a reader who has seen a greater one would
-- never see the smaller. So an id is taken while its transaction commits, by one transaction at a time: the lock
-- is released only once the change is visible. Triggers that call this are deferred to the commit; the lock is
-- then the last that their transaction takes, and held for no longer than the commit itself.
create function tell_change(kind text, object_id text, change text, facts jsonb) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7420003);
  insert into changes (kind, object_id, change, facts) values (kind, object_id, change, facts);
  perform pg_notify('holdfast_changes', '');
end $$;

create function tell_run() returns trigger language plpgsql as $$
begin
  perform tell_change('run', new.id::text,
    case
      when tg_op = 'UPDATE' and old.state = new.state then 'changed'
      when new.state <> 'running' then new.state
      when old.state = 'paused' then 'resumed'
      else 'started'
    end,
    jsonb_build_object('state', new.state, 'attempt', new.attempt, 'failures', new.failures,
      'wanted', new.wanted, 'committing', new.committing, 'failure', new.failure,
      'warnings', jsonb_array_length(new.warnings), 'backupId', new.backup_id,
      'notBefore', new.not_before, 'startedAt', new.started_at, 'finishedAt', new.finished_at));
  return null;
end $$;
create constraint trigger runs_tell_new after insert on runs deferrable initially deferred
  for each row execute function tell_run();
create constraint trigger runs_tell after update on runs deferrable initially deferred
  for each row
  when ((old.state, old.wanted, old.committing, old.priority)
    is distinct from (new.state, new.wanted, new.committing, new.priority))
  execute function tell_run();

-- For things whose watchers read them again. The arguments: their kind.
create function tell_thing() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform tell_change(tg_argv[0], old.id::text, 'removed', '{}');
  elsif tg_op = 'INSERT' then
    perform tell_change(tg_argv[0], new.id::text, 'added', '{}');
  else
    perform tell_change(tg_argv[0], new.id::text,
      case when to_jsonb(old) ->> 'removed_at' is null and to_jsonb(new) ->> 'removed_at' is not null
        then 'removed' else 'changed' end, '{}');
  end if;
  return null;
end $$;

-- What a thing is without what the server notes of it by itself: that it fired, was used, or has come in.
create function as_set_up(thing jsonb) returns jsonb language sql immutable as $$
  select thing - array['next_slot', 'next_fire', 'last_slot', 'last_run_at', 'last_used_at',
    'last_login_at', 'totp_last_step']
$$;

do $$
declare
  t record;
begin
  for t in select * from (values ('sources', 'source'), ('repositories', 'repository'),
    ('schedules', 'schedule'), ('users', 'user'), ('api_keys', 'api-key')) as t (name, kind)
  loop
    execute format('create constraint trigger %1$s_tell_new after insert or delete on %1$I
      deferrable initially deferred for each row execute function tell_thing(%2$L)', t.name, t.kind);
    execute format('create constraint trigger %1$s_tell after update on %1$I
      deferrable initially deferred for each row
      when (as_set_up(to_jsonb(old)) is distinct from as_set_up(to_jsonb(new)))
      execute function tell_thing(%2$L)', t.name, t.kind);
  end loop;
end $$;

-- A backup's manifest is large, and is written again whenever its repository is read.
create constraint trigger backups_tell_new after insert or delete on backups
  deferrable initially deferred for each row execute function tell_thing('backup');
create constraint trigger backups_tell after update on backups deferrable initially deferred
  for each row when ((old.source_id, old.verified_at, old.unreadable)
    is distinct from (new.source_id, new.verified_at, new.unreadable))
  execute function tell_thing('backup');

-- Notes, pins and deletions that are to come: of a backup that is gone, its removal has told everything.
create function tell_care() returns trigger language plpgsql as $$
declare
  backup text := case tg_op when 'DELETE' then old.backup_id else new.backup_id end;
begin
  if exists (select from backups where id = backup) then
    perform tell_change('backup', backup, 'changed', '{}');
  end if;
  return null;
end $$;
create constraint trigger backup_care_tell after insert or update or delete on backup_care
  deferrable initially deferred for each row execute function tell_care();
create constraint trigger backup_deletions_tell_new after insert or delete on backup_deletions
  deferrable initially deferred for each row execute function tell_care();
create constraint trigger backup_deletions_tell after update on backup_deletions
  deferrable initially deferred for each row when (old.failure is distinct from new.failure)
  execute function tell_care();

create function tell_setting() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    new := old;
    new.value := null;
  end if;
  if new.name = 'scheduler' then
    perform tell_change('scheduler', '',
      case new.value #>> '{}' when 'stopped' then 'stopped' else 'started' end, '{}');
  elsif new.name = 'paused' then
    perform tell_change('pause', '',
      case new.value #>> '{}' when 'true' then 'paused' else 'resumed' end, '{}');
  elsif new.name <> 'secretKey' then
    perform tell_change('setting', new.name, 'changed', '{}');
  end if;
  return null;
end $$;
create constraint trigger settings_tell_new after insert or delete on settings
  deferrable initially deferred for each row execute function tell_setting();
create constraint trigger settings_tell after update on settings
  deferrable initially deferred for each row when (old.value is distinct from new.value)
  execute function tell_setting();
