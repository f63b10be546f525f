import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { spendToken, tokenShown } from '../../catalog/one-time-tokens.ts'
import { endSessions } from '../../catalog/sessions.ts'
import { hasUsers, insertUser, lockUsers, loginById, setPassword } from '../../catalog/users.ts'
import { LinkSpent, NotFound, SetupDone, SetupRefused } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import { loggedIn } from '../login/logged-in.ts'
import { enter } from '../login/login.ts'
import { requireGoodPassword } from '../login/password-rules.ts'
import { hashPassword } from '../login/passwords.ts'
import { type Route, route } from '../route.ts'
import { Account } from '../schema/account.ts'
import { Invitation, Setup, SetupStatus } from '../schema/setup.ts'

const LINK = 'this link'

export const setupRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/setup',
    summary: 'Whether the server still needs its first administrator',
    area: 'account',
    needs: 'nobody',
    answer: SetupStatus,
    handle: async (_, { catalog }) => ({ document: { needed: !(await hasUsers(catalog)) } }),
  }),

  route({
    method: 'POST',
    path: '/setup',
    summary: 'Make the first administrator, who is logged in at once',
    area: 'account',
    needs: 'nobody',
    action: 'user.setup',
    body: Setup,
    answer: Account,
    handle: async ({ body, caller, from }, { catalog }) => {
      const { address } = caller
      if (await hasUsers(catalog)) throw new NotFound({ kind: 'route', name: 'POST /setup' })
      const token = new Secret(body.token)
      // Looked at first, so that nobody else has the server hash passwords.
      if ((await tokenShown(catalog, 'setup', token)) === undefined) throw new SetupRefused({})
      const password = new Secret(body.password)
      requireGoodPassword(password, body)
      const user = { id: randomUUID(), email: body.email, name: body.name, role: 'admin' as const }
      const hash = await hashPassword(password)
      await catalog.transaction(async sql => {
        await lockUsers(sql)
        if (await hasUsers(sql)) throw new SetupDone({})
        if ((await spendToken(sql, 'setup', token)) === undefined) throw new SetupRefused({})
        await insertUser(sql, { ...user, password: hash })
        await audit(sql, about('user.setup', user))
      })
      const login = { ...user, password: hash, twoFactor: false }
      const session = await enter(catalog, login, { address, agent: from.agent }, 'set-up')
      return { status: 201, ...(await loggedIn(catalog, session, { address, ...from })) }
    },
  }),

  route({
    method: 'POST',
    path: '/account/invitation',
    summary: 'Set one’s own password, by the link of an administrator; every session ends',
    area: 'account',
    needs: 'nobody',
    action: 'account.invitation',
    body: Invitation,
    answer: z.nullable(Account).describe('null: log in, with the second factor'),
    handle: async ({ body, caller, from }, { catalog }) => {
      const { address } = caller
      const token = new Secret(body.token)
      const { userId } = (await tokenShown(catalog, 'invitation', token)) ?? {}
      const user = userId ? await loginById(catalog, userId) : undefined
      if (user === undefined) throw new LinkSpent({ what: LINK })
      const password = new Secret(body.password)
      requireGoodPassword(password, user)
      const hash = await hashPassword(password)
      await catalog.transaction(async sql => {
        const spent = await spendToken(sql, 'invitation', token)
        if (spent === undefined) throw new LinkSpent({ what: LINK })
        await setPassword(sql, user.id, hash)
        await endSessions(sql, user.id)
        await audit(sql, about('account.invitation', user))
      })
      // Whoever has a second factor shows it: the link stands for the password only.
      if (user.twoFactor) return { document: null }
      const now = { ...user, password: hash }
      const session = await enter(catalog, now, { address, agent: from.agent }, 'invitation')
      return await loggedIn(catalog, session, { address, ...from })
    },
  }),
]

const about = (action: string, { id, email }: { id: string; email: string }) => ({
  actor: `user ${email}`,
  action,
  objectKind: 'user',
  objectId: id,
  objectName: email,
})
