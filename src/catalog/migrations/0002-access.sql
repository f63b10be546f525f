-- Where an entry of the audit log came from; null for what the system does by itself.
alter table audit_log add column address text;
alter table audit_log add column request_id text;

create table users (
  id uuid primary key,
  email text not null check (email = btrim(email) and length(email) between 3 and 254),
  name text not null check (name = btrim(name) and length(name) between 1 and 100),
  role text not null check (role in ('viewer', 'operator', 'admin')),
  -- scrypt, with its parameters and salt; null: none is set, because the invitation is open or another server
  -- vouches for the person.
  password text,
  -- The secret of the second factor, sealed; it counts once it was confirmed by a first code.
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  -- The last time step whose code was used: neither it nor an earlier one is taken again.
  totp_last_step bigint not null default 0,
  created_at timestamptz not null default clock_now(),
  last_login_at timestamptz,
  disabled_at timestamptz,
  removed_at timestamptz,
  check (totp_confirmed_at is null or totp_sealed is not null)
);
create unique index users_email on users (lower(email)) where removed_at is null;

-- Who a person is to the servers that vouch for people (OpenID Connect).
create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users,
  created_at timestamptz not null default clock_now(),
  primary key (issuer, subject)
);
create index user_identities_user on user_identities (user_id);

-- What stands in for the second factor where the device is lost; each opens once.
create table recovery_codes (
  user_id uuid not null references users,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);

create table sessions (
  id uuid primary key,
  -- SHA-256 of the token in the cookie, which nobody but its browser has.
  hash bytea not null unique,
  user_id uuid not null references users,
  created_at timestamptz not null default clock_now(),
  seen_at timestamptz not null default clock_now(),
  -- When password or second factor were last given.
  proven_at timestamptz not null,
  expires_at timestamptz not null,
  address text not null,
  agent text not null
);
create index sessions_user on sessions (user_id);

-- What somebody may show once: the set-up token, invitations, second steps of a login.
create table one_time_tokens (
  hash bytea primary key,
  kind text not null,
  user_id uuid references users,
  details jsonb not null default '{}',
  expires_at timestamptz not null
);
create unique index one_time_tokens_setup on one_time_tokens (kind) where kind = 'setup';
create index one_time_tokens_user on one_time_tokens (user_id) where user_id is not null;

-- How often somebody lately tried to log in, by account and address.
create table login_tries (
  key text primary key,
  tries integer not null,
  -- The next try is not looked at before.
  free_at timestamptz not null,
  seen_at timestamptz not null
);

-- How long the next try waits after so many: not at all at first, then twice as long each time, up to 15 minutes.
create function login_wait(tries integer, free integer) returns interval language sql immutable as
  $$ select case when tries < free then interval '0'
       else least(power(2, least(tries - free, 20)), 900) * interval '1 second' end $$;

alter table api_keys add column owner_id uuid references users;
alter table api_keys add column role text not null default 'admin'
  check (role in ('viewer', 'operator', 'admin'));
-- null: everything that the role may do.
alter table api_keys add column scopes text[];
alter table api_keys add column expires_at timestamptz;
alter table api_keys alter column role drop default;
create index api_keys_owner on api_keys (owner_id) where owner_id is not null;
-- Two people may use the same name for a key each.
drop index api_keys_name;
create unique index api_keys_name on api_keys (owner_id, lower(name)) nulls not distinct
  where removed_at is null;

-- Whose rights ended or changed: live connections are cut by it, on every node. The message names a session,
-- a user or a key.
create function announce_access(what text, id uuid) returns void language sql as
  $$ select pg_notify('holdfast_sessions', json_build_object(what, id)::text) $$;

create function announce_session() returns trigger language plpgsql as $$
begin
  perform announce_access('session', old.id);
  return null;
end $$;
create trigger sessions_announce after delete on sessions
  for each row execute function announce_session();

create function announce_user() returns trigger language plpgsql as $$
begin
  perform announce_access('user', new.id);
  return null;
end $$;
create trigger users_announce after update of role, disabled_at, removed_at on users for each row
  when (old.role <> new.role or old.disabled_at is distinct from new.disabled_at
        or old.removed_at is distinct from new.removed_at)
  execute function announce_user();

create function announce_key() returns trigger language plpgsql as $$
begin
  perform announce_access('key', new.id);
  return null;
end $$;
create trigger api_keys_announce after update of removed_at on api_keys for each row
  when (old.removed_at is distinct from new.removed_at) execute function announce_key();
