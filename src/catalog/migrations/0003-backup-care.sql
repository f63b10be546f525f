-- Notes, pins, deletion with a way back, and links to download.

-- What lists show and filter by, beside the manifest.
alter table backups add column tags jsonb not null default '{}';
alter table backups add column warnings integer not null default 0;
-- The repository has it, but its manifest could not be read when it was last looked at.
alter table backups add column unreadable boolean not null default false;
update backups set tags = manifest -> 'tags', warnings = jsonb_array_length(manifest -> 'warnings');
create index backups_newest on backups (finished_at desc, id desc, repository_id desc);
create index backups_by_repository on backups (repository_id, finished_at desc, id desc);

-- What people say of a backup. It hangs on what the repository and the backup call themselves, so that it outlives
-- the rows above, which are rebuilt, and a repository that is taken from the server and added again.
create table backup_care (
  repository text not null,
  backup_id text not null,
  note text not null default '' check (length(note) <= 2000),
  noted_by text,
  noted_at timestamptz,
  pinned boolean not null default false,
  pinned_by text,
  pinned_at timestamptz,
  primary key (repository, backup_id)
);

-- Backups that are to be deleted. A row goes with its backup, or when the deletion is taken back.
create table backup_deletions (
  repository_id uuid not null,
  backup_id text not null,
  asked_by text not null,
  asked_at timestamptz not null default clock_now(),
  -- Until then it can be taken back by everybody who may delete.
  due_at timestamptz not null,
  -- Whoever asked typed the name of the source, knowing that it is the last good one.
  last_too boolean not null,
  attempts integer not null default 0,
  -- Why the last attempt failed.
  failure jsonb,
  not_before timestamptz not null default clock_now(),
  -- A node is at it: no other one begins, and it cannot be taken back.
  held_by uuid,
  held_until timestamptz,
  primary key (repository_id, backup_id),
  foreign key (repository_id, backup_id) references backups on delete cascade
);
create index backup_deletions_due on backup_deletions (due_at);

-- Leave to download a stream of a backup once.
create table download_links (
  -- SHA-256 of the token, which only whoever asked for it has.
  hash bytea primary key,
  repository_id uuid not null references repositories,
  backup_id text not null,
  stream text not null,
  made_for text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index download_links_expiry on download_links (expires_at);
