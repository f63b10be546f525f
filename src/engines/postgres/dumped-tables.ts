/**
 * The tables of a database as a dump holds them, as `c` in the schema `n`, for the `from` of a query. What belongs to an
 * extension is dumped only where the extension says so, and not when asked for by name.
 */
export const DUMPED_TABLES = `
       pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and c.relpersistence <> 't'
        and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
        and not exists (select from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`
