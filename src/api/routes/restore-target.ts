import type { Sql } from '../../catalog/db.ts'
import type { Source } from '../../catalog/sources.ts'
import type { Caller } from '../../core/access.ts'
import { Secret } from '../../core/secret.ts'
import type { RestoreChoices, SourceParts } from '../outside.ts'
import { requireRole } from '../policy.ts'
import type { Deps } from '../route.ts'
import { isInPlace, type NewRestore } from '../schema/runs.ts'
import { savedUrl } from './source-place.ts'

/** The database that a restore is to go into. */
export interface RestoreTarget {
  readonly url: Secret
  /** `shop@db.example.org:5432` */
  readonly label: string
  readonly host: string
  readonly database: string
  readonly options: RestoreChoices
}

/** What a request for a restore names, as far as its caller may. Throws WrongUse, NotAllowed. */
export async function targetOf(
  sql: Sql,
  source: Source | undefined,
  { body, caller }: { readonly body: NewRestore; readonly caller: Caller },
  deps: Deps,
): Promise<RestoreTarget> {
  const url = await urlFor(sql, source, body, deps)
  const { label, host, database } = deps.outside.describeSource(url)
  if (body.target !== 'source') requireNetwork(deps.outside.sourceParts(url), caller)
  const { disconnect = false, noOwner = false } = body
  return { url, label, host, database, options: { replace: isInPlace(body), disconnect, noOwner } }
}

/** The URL of the target: of another database of a source's server, by the source's own login. */
async function urlFor(
  sql: Sql,
  source: Source | undefined,
  { target, database }: NewRestore,
  deps: Deps,
): Promise<Secret> {
  if (target !== 'source' || source === undefined) return new Secret(target)
  const url = await savedUrl(sql, source, deps)
  if (database === undefined) return url
  const { engine, ...parts } = deps.outside.sourceParts(url)
  return deps.outside.sourceUrl(engine, { ...parts, database })
}

/**
 * Behind a socket the server is known as the user it runs as, and a file of certificates is one of its own: who
 * names them decides for its machine. Throws NotAllowed.
 */
function requireNetwork({ host, caFile }: SourceParts, caller: Caller): void {
  if (!host.startsWith('/') && caFile === undefined) return
  requireRole(caller, 'admin', 'a socket or a file of the server in a target')
}
