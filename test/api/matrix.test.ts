import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { listenOnPort } from '../../src/api/app.ts'
import { FRESH_MS } from '../../src/api/policy.ts'
import type { Route } from '../../src/api/route.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { addApiKey } from '../../src/catalog/api-keys.ts'
import { AREAS, ROLES, type Role, roleReaches, type Scope } from '../../src/core/access.ts'
import { Member } from './person.ts'
import { ApiSite } from './site.ts'

/** Somebody who asks, and what of the routes they may. */
interface Asker {
  readonly name: string
  /** What they show does not hold: that is said wherever they come. */
  readonly isFalse?: boolean
  headers(one: Route): Promise<Record<string, string>> | Record<string, string>
  /** The code with which they are refused; undefined: let in. */
  refusal(one: Route): string | undefined
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`
const accessTo = ({ method }: Route) => (method === 'GET' ? 'read' : 'write')
const scopeOf = (one: Route): Scope => `${one.area}:${accessTo(one)}`

/** POSTs that change nothing: their question is too long for a query. */
const ONLY_ASK = new Set(['POST /schedules/preview', 'POST /schedules/preview-retention'])

/** Refused on the port, before anybody looks whether there is such a thing. */
const ONLY_ON_HOST = new Set(['POST /users/:user/reset-two-factor'])

describe('every route has a policy', () => {
  test('each says what it is about and who may use it', () => {
    for (const one of ROUTES) {
      assert.ok(AREAS.includes(one.area), nameOf(one))
      assert.ok(one.needs === 'nobody' || ROLES.includes(one.needs), nameOf(one))
      assert.ok(one.summary !== '', nameOf(one))
    }
    assert.equal(new Set(ROUTES.map(nameOf)).size, ROUTES.length)
  })

  test('whatever changes something has an action for the record, and nothing else has', () => {
    const changing = ROUTES.filter(one => one.method !== 'GET' && !ONLY_ASK.has(nameOf(one)))
    const without = changing.filter(one => !/^[a-z-]+\.[a-z-]+$/.test(one.action ?? ''))
    assert.deepEqual(without.map(nameOf), [])
    const reading = ROUTES.filter(one => !changing.includes(one) && one.action !== undefined)
    assert.deepEqual(reading.map(nameOf), [])
  })

  test('a viewer changes nothing but what is their own', () => {
    const changing = ROUTES.filter(one => one.action !== undefined && one.needs === 'viewer')
    const others = changing.filter(one => one.area !== 'account' && one.area !== 'api-keys')
    assert.deepEqual(others.map(nameOf), [])
  })

  test('only the way in is open to all', () => {
    const open = ROUTES.filter(one => one.needs === 'nobody')
    assert.ok(open.length > 0)
    assert.deepEqual(open.filter(one => one.area !== 'account').map(nameOf), [])
  })

  test('a route without area or role does not compile', () => {
    const whole = {
      method: 'GET',
      path: '/x',
      summary: 'x',
      area: 'runs',
      needs: 'viewer',
    } as const
    const { area, ...withoutArea } = whole
    const { needs, ...withoutRole } = whole
    assert.deepEqual([area, needs], ['runs', 'viewer'])
    const policy = (one: Pick<Route, 'method' | 'path' | 'summary' | 'area' | 'needs'>) => one
    // @ts-expect-error: it belongs to no area
    policy(withoutArea)
    // @ts-expect-error: nobody knows who may use it
    policy(withoutRole)
  })
})

describe('every route, whoever asks', () => {
  let site: ApiSite
  let server = ''
  const askers: Asker[] = []
  before(async () => {
    site = await ApiSite.open()
    server = await listenOnPort(site.port, '127.0.0.1', 0)
    askers.push(...(await askersOf(site)))
  })
  after(() => site.close())

  // Other servers may send more with it than we know of.
  const callback = ROUTES.find(one => one.path === '/account/oidc/callback')

  test('is open to those it is for, and to nobody else', async () => {
    const wrong: string[] = []
    for (const one of ROUTES) {
      for (const asker of askers) {
        const { status, code } = await knock(one, await asker.headers(one))
        const refusal = one.needs === 'nobody' && !asker.isFalse ? undefined : asker.refusal(one)
        // Past the door the query is looked at first, and it asks for something that there is not.
        const expected = refusal ?? (one === callback ? 'OIDC_OFF' : 'INVALID_INPUT')
        if (code !== expected) wrong.push(`${asker.name}: ${nameOf(one)}: ${status} ${code}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  test('says that there is no such thing, however it is called', async () => {
    const admin = await site.as('admin').entered()
    const wrong: string[] = []
    const named = ROUTES.filter(one => one.path.includes(':') && !ONLY_ON_HOST.has(nameOf(one)))
    for (const one of named) {
      for (const name of [
        randomUUID(),
        'nix',
        'a b/ü',
        '0',
        '%',
        "'; drop table runs",
        '\u{1F4BE}',
      ]) {
        const { status, code } = await ask(one, name, admin.headers)
        const isUnderstood =
          one.body.safeParse({}).success && one.query.safeParse({}).success && fits(one, name)
        const expected = isUnderstood ? 404 : 422
        if (status !== expected) wrong.push(`${nameOf(one)} of ${name}: ${status} ${code}`)
      }
      for (const name of ['\0', 'x'.repeat(101), `${randomUUID()}\0`]) {
        const { status, code } = await ask(one, name, admin.headers)
        if (![404, 422].includes(status)) wrong.push(`${nameOf(one)} of ${name}: ${status} ${code}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  /** Asks for what a route cannot do, so that nothing comes of it. */
  async function knock(one: Route, headers: Record<string, string>) {
    return await send(one, `${one.path.replaceAll(/:\w+/g, 'nix')}?no-such-thing=1`, headers)
  }

  const ask = (one: Route, name: string, headers: Record<string, string>) =>
    send(
      one,
      one.path.replaceAll(/:\w+/g, () => encodeURIComponent(name)),
      headers,
    )

  async function send(one: Route, path: string, headers: Record<string, string>) {
    const type = one.mostUploadBytes === undefined ? 'application/json' : 'application/octet-stream'
    const response = await fetch(`${server}/api/v1${path}`, {
      method: one.method,
      headers: { ...headers, ...(one.method !== 'GET' && { 'content-type': type }) },
      ...(one.method !== 'GET' && { body: '{}' }),
      redirect: 'manual',
    })
    const { status } = response
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
    const body = await response.text()
    return { status, code: isProblem ? (JSON.parse(body) as { code: string }).code : '' }
  }
})

/** Whether a name can be one of the thing that the path names. */
const fits = (one: Route, name: string): boolean => {
  const params = [...one.path.matchAll(/:(\w+)/g)].map(([, key = '']) => [key, name])
  return one.params.safeParse(Object.fromEntries(params)).success
}

const lacksRole = (one: Route, role: Role) =>
  one.needs !== 'nobody' && !roleReaches(role, one.needs) ? 'NOT_ALLOWED' : undefined

async function askersOf(site: ApiSite): Promise<Asker[]> {
  const { catalog } = site.test
  const key = async (about: { role: Role; scopes?: readonly Scope[]; ownerId?: string }) => {
    const name = randomUUID()
    const { key } = await addApiKey(catalog, { name, days: null, ...about })
    return { name, headers: { authorization: `Bearer ${key.reveal()}` } }
  }
  const byScope = async (scopes: readonly Scope[]) => (await key({ role: 'admin', scopes })).headers
  const readers = new Map<Scope, Record<string, string>>()
  for (const area of AREAS) {
    readers.set(`${area}:read`, await byScope([`${area}:read`]))
    readers.set(`${area}:write`, await byScope([`${area}:write`]))
  }
  const others = new Map<string, Record<string, string>>()
  for (const area of AREAS) {
    const rest = AREAS.filter(one => one !== area).map((one): Scope => `${one}:write`)
    others.set(area, await byScope(rest))
  }
  const expired = await key({ role: 'admin' })
  await catalog.query(
    `update api_keys set expires_at = clock_now() - interval '1 second' where name = $1`,
    [expired.name],
  )
  const removed = await key({ role: 'admin' })
  await catalog.query('update api_keys set removed_at = clock_now() where name = $1', [
    removed.name,
  ])
  const gone = await new Member({ catalog, port: site.port }, 'admin').entered()
  const orphan = await key({ role: 'admin', ownerId: gone.id })
  await catalog.query('update users set disabled_at = clock_now() where id = $1', [gone.id])
  const lowered = await new Member({ catalog, port: site.port }, 'admin').entered()
  const proud = await key({ role: 'admin', ownerId: lowered.id })
  await catalog.query(`update users set role = 'viewer' where id = $1`, [lowered.id])
  const idle = await new Member({ catalog, port: site.port }, 'admin').entered()
  await catalog.query(
    `update sessions set proven_at = clock_now() - $2 * interval '1 millisecond' where user_id = $1`,
    [idle.id, FRESH_MS + 60_000],
  )
  const unknown = () => 'KEY_REQUIRED'
  const page = { 'sec-fetch-site': 'same-origin' }
  const members = await Promise.all(
    ROLES.map(async (role): Promise<Asker> => {
      const { headers } = await site.as(role).entered()
      return { name: role, headers: () => headers, refusal: one => lacksRole(one, role) }
    }),
  )
  const keys = await Promise.all(
    ROLES.map(async (role): Promise<Asker> => {
      const { headers } = await key({ role })
      return { name: `${role}'s key`, headers: () => headers, refusal: one => lacksRole(one, role) }
    }),
  )
  return [
    { name: 'nobody', headers: () => ({}), refusal: unknown },
    { name: 'a stranger at a browser', headers: () => page, refusal: unknown },
    ...members,
    ...keys,
    {
      name: 'a key for this',
      headers: one => readers.get(scopeOf(one)) ?? {},
      refusal: () => undefined,
    },
    {
      name: 'a key that may read this',
      headers: one => readers.get(`${one.area}:read`) ?? {},
      refusal: one => (one.method === 'GET' ? undefined : 'NOT_ALLOWED'),
    },
    {
      name: 'a key for everything else',
      headers: one => others.get(one.area) ?? {},
      refusal: () => 'NOT_ALLOWED',
    },
    {
      name: 'somebody who proved long ago to be there',
      headers: () => idle.headers,
      refusal: one => (one.stepUp ? 'STEP_UP_REQUIRED' : undefined),
    },
    {
      name: 'an admin who is a viewer now',
      headers: () => lowered.headers,
      refusal: one => lacksRole(one, 'viewer'),
    },
    {
      name: 'the key of an admin who is a viewer now',
      headers: () => proud.headers,
      refusal: one => lacksRole(one, 'viewer'),
    },
    { name: 'a disabled account', headers: () => gone.headers, refusal: unknown },
    {
      name: 'the key of a disabled account',
      isFalse: true,
      headers: () => orphan.headers,
      refusal: unknown,
    },
    { name: 'an expired key', isFalse: true, headers: () => expired.headers, refusal: unknown },
    { name: 'a removed key', isFalse: true, headers: () => removed.headers, refusal: unknown },
  ]
}
