import { z } from 'zod'
import { speaker } from './said.ts'
import { bytesText, plural } from './words.ts'

/** How many of a kind a database holds: `table`, `large object`. */
export interface Objects {
  readonly kind: string
  readonly count: number
}

/** `2 sequences, 1 table` */
export const objectsText = (objects: readonly Objects[]): string =>
  objects.map(({ kind, count }) => `${count} ${kind}${count === 1 ? '' : 's'}`).join(', ')

/** Who is connected to a database, with what, from where, and how often. */
export interface Connection {
  readonly user: string
  readonly program: string | null
  readonly address: string | null
  readonly count: number
}

/** `shop with psql from 10.0.0.7 (3 times)` */
export const connectionsText = (connections: readonly Connection[]): string =>
  connections
    .map(({ user, program, address, count }) =>
      [
        user,
        ...(program === null ? [] : [`with ${program}`]),
        ...(address === null ? [] : [`from ${address}`]),
        ...(count === 1 ? [] : [`(${count} times)`]),
      ].join(' '),
    )
    .join(', ')

interface Versions {
  /** The major version of the server that was dumped. */
  readonly source: number
  readonly tool: string
  readonly target: string
}

const restoring = ({ source, tool, target }: Versions, isOlder: boolean): string =>
  `the backup is of PostgreSQL ${source}, restored with pg_restore ${tool} into ${isOlder ? 'the older ' : ''}${target}`

interface Superuser {
  readonly user: string
  readonly eventTriggers: boolean
  readonly subscriptions: boolean
  readonly extensions: readonly string[]
}

function takenBySuperusers({ eventTriggers, subscriptions, extensions }: Superuser): string {
  return [
    ...(eventTriggers ? ['event triggers'] : []),
    ...(subscriptions ? ['subscriptions'] : []),
    ...extensions.map(name => `extension ${name}`),
  ].join(', ')
}

/** What a look ahead at a restore can find, beside faults. */
export const FINDINGS = {
  BACKUP_READABLE: (d: { backup: string; tables: number; rows: number }) =>
    `backup ${d.backup} can be read: ${plural(d.tables, 'table')}, ${plural(d.rows, 'row')}`,
  LOGIN_ACCEPTED: (d: { server: string; user: string }) => `${d.server} lets ${d.user} in`,
  CONNECTION_EXPOSED: (d: { server: string; hasPassword: boolean }) =>
    `the connection to ${d.server} is not encrypted, as the server offers no TLS: the login${d.hasPassword ? ' with its password' : ''} and all data pass the network in clear; set up TLS there, and "require" or "verify-full" here`,
  VERSIONS_FIT: (d: Versions) => restoring(d, false),
  VERSIONS_OLDER: (d: Versions) => restoring(d, true),
  VERSIONS_UNSAFE: (d: Versions & { isOlder: boolean; fault: string; update: string }) =>
    `${restoring(d, d.isOlder)}. Whoever made the dump could do harm with it: ${d.fault}`,
  MAY_CREATE_DATABASES: (d: { user: string }) => `${d.user} may create databases`,
  TARGET_ABSENT: (d: { database: string }) =>
    `database ${d.database} does not exist yet, and would be made`,
  TARGET_EMPTY: (d: { database: string }) =>
    `database ${d.database} is empty, and would be made anew`,
  TARGET_KEPT: (d: { database: string; objects: readonly Objects[] }) =>
    `database ${d.database} (${objectsText(d.objects)}) would be kept under another name once the restored one is proven`,
  NOBODY_CONNECTED: (d: { database: string }) => `nobody is connected to ${d.database}`,
  CONNECTIONS_ENDED: (d: { connections: readonly Connection[] }) =>
    `these connections would be ended: ${connectionsText(d.connections)}`,
  LOCALE_THERE: () => 'the server has the kind of locale that the backup names',
  EXTENSIONS_THERE: () => 'every extension of the backup can be installed there',
  ROLES_THERE: () => 'every role that the backup names is there',
  OWNERS_KEPT: (d: { user: string }) => `${d.user} can give everything back to its owners`,
  OWNERS_DROPPED: (d: { user: string }) =>
    `everything belongs to ${d.user}, and nothing is granted to anyone else`,
  IS_SUPERUSER: (d: { user: string }) => `${d.user} is a superuser`,
  NO_SUPERUSER_NEEDED: () => 'nothing in the backup takes a superuser',
  SUPERUSER_NEEDED: (d: Superuser) =>
    `${d.user} is no superuser, and most servers make only for one: ${takenBySuperusers(d)}`,
  TABLESPACES_THERE: () => 'every tablespace that the backup names is there',
  TABLESPACES_MISSING: (d: { names: readonly string[] }) =>
    `everything goes to the default tablespace: there is no ${d.names.join(', ')} here`,
  NO_SUBSCRIPTIONS: () => 'the backup holds no subscriptions',
  SUBSCRIPTIONS_DISABLED: (d: { names: readonly string[] }) =>
    `subscriptions come back disabled, enable them when they should run: ${d.names.join(', ')}`,
  SPACE_UNKNOWN: (d: { dump: number }) =>
    `how much space the server has free is not known; the dump has ${bytesText(d.dump)}`,
  SPACE_ENOUGH: (d: { dump: number; free: number }) => spaceText(d),
  SPACE_SHORT: (d: { dump: number; free: number }) => spaceText(d),
} as const

const spaceText = ({ dump, free }: { dump: number; free: number }): string =>
  `the server has ${bytesText(free)} free, and the dump has ${bytesText(dump)}`

/** The next step, where there is one. */
export const FINDING_HINTS: Readonly<Partial<Record<string, string>>> = {
  SUPERUSER_NEEDED: 'if the restore is refused for it, use the login of a superuser',
  SPACE_UNKNOWN: 'look at its disk: until the old database is dropped, both are there',
  SPACE_SHORT: 'free some space on the server, or restore to another one',
} satisfies Partial<Record<FindingCode, string>>

export const FindingCode = z
  .enum(Object.keys(FINDINGS) as FindingCode[])
  .describe('What a look ahead at a restore finds, beside faults')
export type FindingCode = keyof typeof FINDINGS

export const sayFinding = speaker(FINDINGS)
