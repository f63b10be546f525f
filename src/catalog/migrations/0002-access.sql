-- Where an entry of the audit log came from; null for what the system does by itself.
alter table audit_log add column address text;
alter table audit_log add column request_id text;
