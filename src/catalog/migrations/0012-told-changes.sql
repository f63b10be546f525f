-- A change of a backup says whose backup it is, and whose it was: what is known of other sources is still true then.
create function tell_backup() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    perform tell_change('backup', old.id, 'removed',
      jsonb_build_object('sources', jsonb_build_array(old.source_id)));
  elsif tg_op = 'INSERT' then
    perform tell_change('backup', new.id, 'added',
      jsonb_build_object('sources', jsonb_build_array(new.source_id)));
  else
    perform tell_change('backup', new.id, 'changed',
      jsonb_build_object('sources', jsonb_build_array(old.source_id, new.source_id)));
  end if;
  return null;
end $$;
drop trigger backups_tell_new on backups;
create constraint trigger backups_tell_new after insert or delete on backups
  deferrable initially deferred for each row execute function tell_backup();
drop trigger backups_tell on backups;
create constraint trigger backups_tell after update on backups deferrable initially deferred
  for each row when ((old.source_id, old.verified_at, old.unreadable, old.finished_at, old.tags)
    is distinct from (new.source_id, new.verified_at, new.unreadable, new.finished_at, new.tags))
  execute function tell_backup();

create or replace function tell_care() returns trigger language plpgsql as $$
declare
  backup text := case tg_op when 'DELETE' then old.backup_id else new.backup_id end;
  sources jsonb;
begin
  -- Whoever holds the lock of the changes may be moving the backup to another source at this moment.
  perform pg_advisory_xact_lock(7420003);
  select jsonb_agg(source_id) into sources from backups where id = backup;
  if sources is not null then
    perform tell_change('backup', backup, 'changed', jsonb_build_object('sources', sources));
  end if;
  return null;
end $$;

-- Marks and counts are only ever added to, but where all of them are made anew: then everything may have changed. Whoever does
-- that holds the lock of the changes from then on, so it belongs into a transaction of its own.
create function tell_recount() returns trigger language plpgsql as $$
begin
  perform tell_change('log', '', 'recounted', '{}');
  return null;
end $$;
do $$
declare
  t text;
begin
  foreach t in array array['source_days', 'run_days', 'run_quarters', 'day_totals'] loop
    execute format('create trigger %1$s_tell after delete on %1$I for each statement
      execute function tell_recount()', t);
  end loop;
end $$;
