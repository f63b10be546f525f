-- Which backups stay: rules of schedules, and what they need to know to let others go.

-- What of its source's backups in its repository a schedule keeps; null: all of them.
alter table schedules add column keep jsonb;
create index schedules_kept on schedules (source_id, repository_id)
  where keep is not null and removed_at is null;

-- A rule asked for the deletion, so that it is taken back where the rules keep the backup after all.
alter table backup_deletions add column by_rule boolean not null default false;

-- How the last comparison of the catalogue with a repository ended: rules delete nothing from one that could
-- not be read, or is being read at this moment.
create table repository_listings (
  repository_id uuid primary key references repositories,
  -- Somebody lists it since then.
  begun_at timestamptz,
  ended_at timestamptz,
  failed boolean not null default false
);

-- When the rules for the backups of a source in a repository were last applied.
create table retention_rounds (
  source_id uuid not null references sources,
  repository_id uuid not null references repositories,
  applied_at timestamptz not null,
  primary key (source_id, repository_id)
);

create index backups_kept on backups (repository_id, source_id, seen_at desc);
