import type {
  DatabaseList,
  Source,
  UnsavedSource,
  UnsavedSourceTest,
} from '../../../../src/client/index.ts'
import { client, isFault } from '../../data/client.ts'

export type FoundDatabase = DatabaseList['databases'][number]

/** A server that was reached, and what is on it. */
export interface Reached {
  readonly place: UnsavedSource
  readonly test: UnsavedSourceTest
  /** The database that the place names itself. */
  readonly database: string | undefined
  readonly databases: readonly FoundDatabase[]
}

/** Every PostgreSQL server has it; a login that names no database looks from there. */
const ANY_DATABASE = 'postgres'

/** The part of a URL up to its path, and the path. */
const URL_PARTS = /^(\w+:\/\/[^/?#]*)(?:\/([^?#]*))?/

/** The same server and login, with another database. */
export function onDatabase(place: UnsavedSource, database: string): UnsavedSource {
  if (place.url === undefined) return { ...place, database }
  return { url: place.url.replace(URL_PARTS, `$1/${encodeURIComponent(database)}`) }
}

export function databaseIn({ url, database }: UnsavedSource): string | undefined {
  if (url === undefined) return database
  const [, , path = ''] = URL_PARTS.exec(url) ?? []
  try {
    return decodeURIComponent(path) || undefined
  } catch {
    return path
  }
}

/** Connects as a backup would, and looks which databases there are. Throws what the server says. */
export async function reach(place: UnsavedSource): Promise<Reached> {
  const database = databaseIn(place)
  const from = database === undefined ? onDatabase(place, ANY_DATABASE) : place
  const test = await client.testConnection(from)
  const databases = await client.listDatabases(from).then(
    found => found.databases,
    (error: unknown) => {
      // A login may be good for its own database and see no others.
      if (!isFault(error)) throw error
      return [ownDatabase(test, database ?? ANY_DATABASE)]
    },
  )
  return { place: from, test, database, databases }
}

const ownDatabase = (test: UnsavedSourceTest, database: string): FoundDatabase => ({
  database,
  label: test.label,
  owner: '',
  encoding: '',
  bytes: test.estimatedBytes,
  source: null,
})

/** Where a label says that its database is: `shop@db.example.org:5432`. */
export const serverOf = (label: string): string => label.slice(label.lastIndexOf('@') + 1)

/** A name for a database that no source has: its own, with its server, with a number. */
export function suggestedName(
  { database, label }: Pick<FoundDatabase, 'database' | 'label'>,
  taken: ReadonlySet<string>,
): string {
  const host = serverOf(label).replace(/:\d+$/, '')
  const own = database.slice(0, 100)
  const wanted = [own, `${database} (${host})`.slice(0, 100)]
  for (let count = 2; ; count += 1) {
    const free = wanted.find(name => !taken.has(name.toLowerCase()))
    if (free !== undefined) return free
    wanted.push(`${own.slice(0, 90)}-${count}`)
  }
}

export const namesOf = (sources: readonly Pick<Source, 'name'>[]): Set<string> =>
  new Set(sources.map(one => one.name.toLowerCase()))
