import { z } from 'zod'
import { Damaged } from '../../core/faults.ts'
import { identifier, literal, type Session } from './client.ts'

/** What a database is besides its contents: none of it is in what pg_restore restores. */
const Properties = z.object({
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** c: the C library's locales; i: ICU; b: built in. */
  localeProvider: z.enum(['c', 'i', 'b']),
  /** Of the providers i and b. */
  locale: z.nullable(z.string()),
  icuRules: z.nullable(z.string()),
  owner: z.string(),
  tablespace: z.string(),
  /** -1: no limit. */
  connectionLimit: z.number().int(),
  comment: z.nullable(z.string()),
  /** Null: nothing was ever granted or revoked; a null grantee is PUBLIC. */
  acl: z.nullable(
    z.array(
      z.object({ grantee: z.nullable(z.string()), privilege: z.string(), grantable: z.boolean() }),
    ),
  ),
  /** Settings of the database, or of a role within it: `name=value`. */
  settings: z.array(z.object({ role: z.nullable(z.string()), values: z.array(z.string()) })),
})
export type Properties = z.infer<typeof Properties>

/** Settings that are lists of names, kept with the quotes that each name needs. */
const LISTS = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
])

const QUERY = `
  select to_jsonb(d) as row,
         pg_catalog.pg_encoding_to_char(d.encoding) as encoding,
         pg_catalog.pg_get_userbyid(d.datdba) as owner,
         (select spcname from pg_catalog.pg_tablespace t where t.oid = d.dattablespace) as tablespace,
         pg_catalog.shobj_description(d.oid, 'pg_database') as comment,
         (select jsonb_agg(jsonb_build_object(
                   'grantee', case a.grantee when 0 then null
                              else pg_catalog.pg_get_userbyid(a.grantee) end,
                   'privilege', a.privilege_type, 'grantable', a.is_grantable))
            from pg_catalog.aclexplode(d.datacl) a) as acl,
         (select jsonb_agg(jsonb_build_object(
                   'role', case s.setrole when 0 then null
                           else pg_catalog.pg_get_userbyid(s.setrole) end,
                   'values', s.setconfig) order by s.setrole)
            from pg_catalog.pg_db_role_setting s where s.setdatabase = d.oid) as settings
    from pg_catalog.pg_database d
   where d.datname = pg_catalog.current_database()`

interface Row {
  /** The row of pg_database: its columns differ between versions. */
  readonly row: Readonly<Record<string, unknown>>
  readonly encoding: string
  readonly owner: string
  readonly tablespace: string
  readonly comment: string | null
  readonly acl: Properties['acl']
  readonly settings: Properties['settings'] | null
}

/** Reads the properties of the database that the session is connected to. */
export async function readProperties(session: Session): Promise<Properties> {
  const { row, settings, acl, ...rest } = await session.row<Row>('describe the database', QUERY)
  return Properties.parse({
    ...rest,
    collate: row.datcollate,
    ctype: row.datctype,
    localeProvider: row.datlocprovider ?? 'c', // since 15
    locale: row.datlocale ?? row.daticulocale ?? null, // since 17; 15 and 16
    icuRules: row.daticurules ?? null, // since 16
    connectionLimit: row.datconnlimit,
    // An empty list means that everything was revoked; it must not become "nothing was ever said".
    acl: row.datacl == null ? null : (acl ?? []),
    settings: settings ?? [],
  })
}

/** The properties in a backup's facts. */
export function propertiesOf(facts: Readonly<Record<string, unknown>>): Properties {
  const parsed = Properties.safeParse(facts)
  if (parsed.success) return parsed.data
  throw new Damaged(
    { what: 'the description of the database in the backup', why: z.prettifyError(parsed.error) },
    parsed.error,
  )
}

/** The roles that the properties name: whoever owns the database or may use it. */
export const rolesOf = ({ owner, acl }: Properties): string[] => [
  owner,
  ...(acl ?? []).flatMap(({ grantee }) => grantee ?? []),
]

/** The statement that creates a database of the same kind. */
export function createStatement(name: string, properties: Properties, major: number): string {
  const { encoding, collate, ctype, localeProvider, locale, icuRules } = properties
  const options = [
    'template template0',
    `encoding ${literal(encoding)}`,
    `lc_collate ${literal(collate)}`,
    `lc_ctype ${literal(ctype)}`,
  ]
  if (major >= 15) {
    options.push(`locale_provider ${{ c: 'libc', i: 'icu', b: 'builtin' }[localeProvider]}`)
  }
  if (localeProvider === 'i') options.push(`icu_locale ${literal(locale ?? '')}`)
  if (localeProvider === 'b') options.push(`builtin_locale ${literal(locale ?? '')}`)
  if (icuRules !== null && major >= 16) options.push(`icu_rules ${literal(icuRules)}`)
  return `create database ${identifier(name)} with ${options.join(' ')}`
}

/** The statements that give a database the recorded grants. */
export function grantStatements(name: string, { acl, owner }: Properties): string[] {
  if (acl === null) return []
  const database = `on database ${identifier(name)}`
  const grants = acl.map(({ grantee, privilege, grantable }) => {
    const to = grantee === null ? 'public' : identifier(grantee)
    return `grant ${privilege} ${database} to ${to}${grantable ? ' with grant option' : ''}`
  })
  return [`revoke all ${database} from public, ${identifier(owner)}`, ...grants]
}

/** The statements that set what the database, or a role within it, had set. */
export function settingStatements(
  name: string,
  properties: Properties,
): { role: string | null; setting: string; sql: string }[] {
  const database = identifier(name)
  return properties.settings.flatMap(({ role, values }) =>
    values.map(entry => {
      const setting = entry.slice(0, entry.indexOf('='))
      const value = settingValue(setting, entry.slice(setting.length + 1))
      const whose =
        role === null ? `database ${database}` : `role ${identifier(role)} in database ${database}`
      return { role, setting, sql: `alter ${whose} set ${identifier(setting)} to ${value}` }
    }),
  )
}

function settingValue(setting: string, value: string): string {
  if (!LISTS.has(setting)) return literal(value)
  const names = value.match(/"(?:[^"]|"")*"|[^,\s]+/g) ?? ['']
  const bare = names.map(name =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  )
  return bare.map(literal).join(', ')
}
