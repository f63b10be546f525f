-- What of a repository was measured last before a moment.
create index repository_days_measured on repository_days (repository_id, measured_at desc);
