import type { Sql } from '../../catalog/db.ts'
import {
  findSource,
  type SourceChanges as RowChanges,
  type Source,
  sealedSourceUrl,
  sourceUrlPlace,
} from '../../catalog/sources.ts'
import { InvalidInput, NotFound } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import type { SourceParts } from '../outside.ts'
import type { Deps } from '../route.ts'
import type { Connection, SourcePlace } from '../schema/sources.ts'

const USUAL_ENGINE = 'postgres'

/** The URL that a place means; its parts are quoted by the engine, never by pasting them together. */
export function urlOf({ url, engine = USUAL_ENGINE, ...parts }: SourcePlace, { outside }: Deps) {
  if (url !== undefined) return new Secret(url)
  const { host = '', database = '', password, ...rest } = parts
  const secret = password === undefined ? undefined : new Secret(password)
  return outside.sourceUrl(engine, { ...rest, host, database, password: secret })
}

/** The URL of a source. Throws NotFound where it was removed meanwhile. */
export async function savedUrl(sql: Sql, source: Source, { vault }: Deps): Promise<Secret> {
  const sealed = await sealedSourceUrl(sql, source.id)
  if (sealed === undefined) throw new NotFound({ kind: 'source', name: source.name })
  return vault.unseal(sealed, sourceUrlPlace(source.id))
}

export async function findWithUrl(
  sql: Sql,
  name: string,
  deps: Deps,
): Promise<{ readonly source: Source; readonly url: Secret }> {
  const source = await findSource(sql, name)
  return { source, url: await savedUrl(sql, source, deps) }
}

/** A login as it may be shown. */
export function connectionOf(url: Secret, { outside }: Deps): Connection {
  const { host, port, database, user, password, tls, caFile } = outside.sourceParts(url)
  return {
    host,
    port: port ?? null,
    database,
    user: user ?? null,
    passwordSet: password !== undefined,
    tls: tls ?? null,
    caFile: caFile ?? null,
  }
}

/** What decides where a password is sent, and who can read it on its way. */
const WHERE_TO = ['host', 'port', 'user', 'database', 'tls', 'caFile'] as const

/**
 * A source's URL with some parts changed. Whoever may edit a source and does not know its password must not
 * have it sent to a place of their choice: for another one, the password is given anew. Throws InvalidInput.
 */
export function changedUrl(before: Secret, place: SourcePlace, deps: Deps): Secret {
  if (place.url !== undefined) return new Secret(place.url)
  const { engine, password: old, ...now } = deps.outside.sourceParts(before)
  const { engine: asked = engine, url: _, password, ...changes } = place
  const { host, port, database, user, tls, caFile } = changes
  const merged: SourceParts = {
    host: host ?? now.host,
    port: port ?? now.port,
    database: database ?? now.database,
    user: user ?? now.user,
    tls: tls ?? now.tls,
    caFile: caFile ?? now.caFile,
  }
  const moved = WHERE_TO.filter(part => merged[part] !== now[part])
  if (old !== undefined && password === undefined && (moved.length > 0 || asked !== engine)) {
    const why = `give the password again: ${moved.join(', ') || 'engine'} would change`
    throw new InvalidInput({ problems: [{ field: 'password', why }] })
  }
  const secret = password === undefined ? old : new Secret(password)
  return deps.outside.sourceUrl(asked, { ...merged, password: secret })
}

/** What is written down of a source whose URL changes. */
export function rowChanges(id: string, url: Secret, { outside, vault }: Deps): RowChanges {
  return { ...outside.describeSource(url), urlSealed: vault.seal(url, sourceUrlPlace(id)) }
}
