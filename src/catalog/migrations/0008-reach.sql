-- Whether repositories can be reached: what the last look at each has found.
create table repository_reach (
  repository_id uuid primary key references repositories,
  -- When somebody last began to look; null: the next look is due at once.
  looked_at timestamptz,
  -- Since when every look has failed, and why; null while it can be reached.
  unreachable_since timestamptz,
  failure jsonb,
  check ((unreachable_since is null) = (failure is null))
);

create function tell_reach() returns trigger language plpgsql as $$
begin
  perform tell_change('repository', new.repository_id::text, 'changed', '{}');
  return null;
end $$;
create constraint trigger repository_reach_tell after update on repository_reach
  deferrable initially deferred for each row
  when (old.failure ->> 'message' is distinct from new.failure ->> 'message')
  execute function tell_reach();
