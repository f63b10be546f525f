import { z } from 'zod'
import type { Sql } from './db.ts'

/** Every setting that lives in the catalog, with what holds while nobody has written it. */
const SETTINGS = {
  /** Whether schedules fire. */
  scheduler: z.enum(['running', 'stopped']).default('running'),
  /** Which edition of the rules of time zones the next slots were found with: `2026a`. */
  timeZoneRules: z.string().optional(),
  /** Everything is paused: nothing new starts, and what runs stands still. */
  paused: z.boolean().default(false),
  /** How many runs may work on one database server at the same time; nothing, or null: any number. */
  maxRunsPerHost: z.number().int().positive().nullish(),
  /** How often a minute somebody may have one source backed up by hand; null: any number of times. */
  manualBackupsPerMinute: z.number().int().min(1).max(1000).nullable().default(1),
  /** The hours that a deleted backup can still be had back; never none, so that nobody can delete all at once. */
  deleteGraceHours: z.number().int().min(1).max(8760).default(24),
  /** The largest dump that may be brought in, before and after it was decompressed. */
  maxUploadBytes: z
    .number()
    .int()
    .min(1)
    .max(2 ** 50)
    .default(2 ** 40),
  /** Which secret key seals this catalog's values; undefined until the first start. */
  secretKey: z.string().optional(),
}

type SettingName = keyof typeof SETTINGS
export type Setting<Name extends SettingName> = z.output<(typeof SETTINGS)[Name]>

export async function readSetting<Name extends SettingName>(
  sql: Sql,
  name: Name,
): Promise<Setting<Name>> {
  const [row] = await sql.query<{ value: unknown }>('select value from settings where name = $1', [
    name,
  ])
  return SETTINGS[name].parse(row?.value) as Setting<Name>
}

export async function writeSetting<Name extends SettingName>(
  sql: Sql,
  name: Name,
  value: Setting<Name>,
): Promise<void> {
  await sql.query(
    `insert into settings (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value, changed_at = clock_now()`,
    [name, JSON.stringify(SETTINGS[name].parse(value))],
  )
}

/** Writes a setting that nobody has written yet; answers what it is now, whoever wrote it. */
export async function claimSetting<Name extends SettingName>(
  sql: Sql,
  name: Name,
  value: Setting<Name>,
): Promise<Setting<Name>> {
  await sql.query(
    'insert into settings (name, value) values ($1, $2) on conflict (name) do nothing',
    [name, JSON.stringify(SETTINGS[name].parse(value))],
  )
  return await readSetting(sql, name)
}
