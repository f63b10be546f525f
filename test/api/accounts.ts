import assert from 'node:assert/strict'
import type { Role } from '../../src/core/access.ts'
import type { Person } from './person.ts'
import type { Answer, ApiSite, ProblemBody } from './site.ts'

/** What `GET /account` and a login answer. */
export interface Account {
  readonly kind: string
  readonly actor: string
  readonly role: Role
  readonly scopes: readonly string[] | null
  readonly user: {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly hasPassword: boolean
    readonly twoFactor: boolean
    readonly recoveryCodesLeft: number
  } | null
  readonly session: {
    readonly id: string
    readonly provenAt: string
    readonly freshUntil: string
  } | null
}

export const PASSWORD = 'plover under seven lamps'

/** Gives somebody an account with {@link PASSWORD}. */
export async function addUser(site: ApiSite, email: string, role: Role = 'operator') {
  const body = { email, name: 'Some Body', role, password: PASSWORD }
  const { user } = await site.expect<{ user: { id: string } }>(201, 'POST', '/users', body)
  return user
}

/** Tries to log in at a browser of its own. */
export async function login<Body = Account>(person: Person, body: object): Promise<Answer<Body>> {
  return await person.send<Body>('POST', '/account/login', body)
}

/** Somebody who has logged in with {@link PASSWORD}. */
export async function loggedIn(site: ApiSite, email: string): Promise<Person> {
  const person = site.stranger()
  const answer = await login(person, { email, password: PASSWORD })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return person
}

/** Status and code of a refusal. */
export const refusal = ({ status, body }: Answer<unknown>): string =>
  `${status} ${(body as ProblemBody | undefined)?.code}`
