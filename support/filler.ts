import type { PostgresServer } from './postgres.ts'

/** Of hexadecimal digits, as one SHA-512 has. */
const DIGITS = 128
const ROW_DIGITS = 8 * DIGITS

/**
 * Adds a table `filler` of so many MiB, of which no two kilobytes are the same. Where only the size of a database
 * matters: the shop of that size takes ten times as long to make.
 */
export async function addFiller(
  server: PostgresServer,
  database: string,
  mebibytes: number,
): Promise<void> {
  const rows = Math.ceil((mebibytes * 2 ** 20) / ROW_DIGITS)
  await server.query(
    database,
    `create table filler as
       select i, (select string_agg(encode(sha512(int8send(i * 8 + k)), 'hex'), '') from generate_series(0, 7) k)
         from generate_series(1::bigint, ${rows}) i`,
  )
}
