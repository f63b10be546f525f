-- What only one process of a machine can have at a time, such as a server its data directory: whoever has it now
-- stands in the place of whoever had it before and is not heard of any more. Null: none.
alter table nodes add column seat text;
