/** What somebody may do; each role may do all that the ones before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
/** viewer sees, operator runs things, admin changes what is set up. */
export type Role = (typeof ROLES)[number]

/** Whether a role may do what `needed` may. */
export const roleReaches = (role: Role, needed: Role): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(needed)

/** The kinds of things the API is about; its routes, its reference and the scopes of keys are divided by them. */
export const AREAS = [
  'account',
  'api-keys',
  'audit',
  'backups',
  'locks',
  'metrics',
  'repositories',
  'runs',
  'scheduler',
  'schedules',
  'search',
  'settings',
  'sources',
  'users',
] as const
export type Area = (typeof AREAS)[number]

/** What a key is for: reading one area, or reading and changing it. */
export type Scope = `${Area}:${'read' | 'write'}`
export const SCOPES: readonly Scope[] = AREAS.flatMap(
  area => [`${area}:read`, `${area}:write`] as const,
)

/** Whether `scopes` cover reading or writing in an area; writing covers reading. */
export const scopesCover = (
  scopes: readonly Scope[] | 'all',
  area: Area,
  access: 'read' | 'write',
): boolean =>
  scopes === 'all' ||
  scopes.includes(`${area}:write`) ||
  (access === 'read' && scopes.includes(`${area}:read`))

/** Who asks for something, as far as the server made sure of it. */
export interface Caller {
  /** `local`: the user the server runs as, over its socket; `nobody`: somebody who has not logged in. */
  readonly kind: 'local' | 'user' | 'key' | 'nobody'
  /** As records name it: `local user ops`, `user ann@example.org`, `api key deploy`. */
  readonly actor: string
  readonly role: Role
  readonly scopes: readonly Scope[] | 'all'
  /** The account behind a session or a key; undefined on the socket, and for keys made there. */
  readonly userId?: string | undefined
  readonly sessionId?: string | undefined
  readonly keyId?: string | undefined
  /** When whoever asks last proved with password or second factor to be there. */
  readonly provenAt?: Date | undefined
  /** The address the request came from; `socket` for the local socket. */
  readonly address: string
}
