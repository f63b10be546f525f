import { type Caller, type Role, roleReaches, scopesCover } from '../core/access.ts'
import { KeyRequired, NotAllowed, StepUpRequired } from '../core/faults.ts'
import type { Route } from './route.ts'

/** How long a proof to be there is good for what cannot be taken back. */
export const FRESH_MS = 5 * 60_000

type Guarded = Pick<Route, 'method' | 'path' | 'area' | 'needs' | 'stepUp'>

/** Refuses whoever may not use the route: KeyRequired, NotAllowed, StepUpRequired. */
export function requireAllowed(one: Guarded, caller: Caller): void {
  if (one.needs === 'nobody') return
  requireKnown(caller)
  const what = `${one.method} ${one.path}`
  requireRole(caller, one.needs, what)
  const access = one.method === 'GET' ? 'read' : 'write'
  if (!scopesCover(caller.scopes, one.area, access)) {
    throw new NotAllowed({ what, needs: `a key with the scope ${one.area}:${access}` })
  }
  if (one.stepUp) requireFresh(caller, what)
}

/** Refuses whoever has not shown who they are. Throws KeyRequired. */
export function requireKnown({ kind }: Caller): void {
  if (kind === 'nobody') throw new KeyRequired({ why: 'it shows no session and no API key' })
}

/** For what only a part of a route's requests does. Throws NotAllowed. */
export function requireRole(caller: Caller, needed: Role, what: string): void {
  if (!roleReaches(caller.role, needed)) throw new NotAllowed({ what, needs: `the role ${needed}` })
}

/**
 * For what gives somebody a login: whoever logs in may do everything that their role may, and so more than a key
 * that is kept to some scopes. Throws NotAllowed.
 */
export function requireEveryScope({ scopes }: Caller, what: string): void {
  if (scopes !== 'all') throw new NotAllowed({ what, needs: 'a key with every scope' })
}

/** Whoever sits before an open session proves anew to be its owner; keys and the socket have nothing to prove. */
export function requireFresh({ kind, provenAt }: Caller, what: string): void {
  if (kind !== 'user') return
  if (provenAt !== undefined && Date.now() - provenAt.getTime() <= FRESH_MS) return
  throw new StepUpRequired({ what })
}
