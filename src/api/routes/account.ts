import { audit } from '../../catalog/audit.ts'
import { endSession, endSessions, rotateSession } from '../../catalog/sessions.ts'
import { changeUser, findUser, loginById, setPassword } from '../../catalog/users.ts'
import type { Caller } from '../../core/access.ts'
import { LoginRefused } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import { accountOf, requireSession } from '../login/account.ts'
import { takenCookie } from '../login/cookies.ts'
import { loggedIn } from '../login/logged-in.ts'
import { logIn, proveAgain, provenUser } from '../login/login.ts'
import { requireGoodPassword } from '../login/password-rules.ts'
import { hashPassword } from '../login/passwords.ts'
import { type Route, route } from '../route.ts'
import {
  Account,
  AccountChange,
  LoggedOut,
  Login,
  PasswordChange,
  Proof,
} from '../schema/account.ts'

export const accountRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/account',
    summary: 'Who asks, and what they may',
    area: 'account',
    needs: 'viewer',
    answer: Account,
    handle: async ({ caller }, { catalog }) => ({ document: await accountOf(catalog, caller) }),
  }),

  route({
    method: 'POST',
    path: '/account/login',
    summary: 'Log in: the answer sets the cookie of a session',
    area: 'account',
    needs: 'nobody',
    action: 'account.login',
    body: Login,
    answer: Account,
    handle: async ({ body, caller, from }, deps) => {
      const place = { address: caller.address, agent: from.agent }
      const token = await logIn(deps, body, place)
      // One browser, one session: the one it had so far is worth nothing from now on.
      if (caller.userId && caller.sessionId) {
        await endSession(deps.catalog, caller.userId, caller.sessionId)
      }
      return await loggedIn(deps.catalog, token, { address: caller.address, ...from })
    },
  }),

  route({
    method: 'POST',
    path: '/account/logout',
    summary: 'Log out: the session ends',
    area: 'account',
    needs: 'viewer',
    action: 'account.logout',
    answer: LoggedOut,
    handle: async ({ caller, actor, from }, { catalog }) => {
      const { id, userId } = requireSession(caller, 'logging out')
      await catalog.transaction(async sql => {
        await endSession(sql, userId, id)
        await audit(sql, about(caller, actor, 'account.logout'))
      })
      return {
        document: { loggedOut: true as const },
        headers: { 'set-cookie': takenCookie('session', from.isSecure) },
      }
    },
  }),

  route({
    method: 'POST',
    path: '/account/prove',
    summary: 'Prove to be there still, for what cannot be taken back',
    area: 'account',
    needs: 'viewer',
    action: 'account.prove',
    body: Proof,
    answer: Account,
    handle: async ({ body, caller, from }, deps) => {
      const session = requireSession(caller, 'a proof that it is you')
      const token = await proveAgain(deps, session, body)
      return await loggedIn(deps.catalog, token, { address: caller.address, ...from })
    },
  }),

  route({
    method: 'PATCH',
    path: '/account',
    summary: 'Change one’s own name',
    area: 'account',
    needs: 'viewer',
    action: 'account.edit',
    body: AccountChange,
    answer: Account,
    handle: async ({ body, caller, actor }, { catalog }) => {
      const { userId } = requireSession(caller, 'changing an account')
      await catalog.transaction(async sql => {
        await changeUser(sql, await findUser(sql, userId), { name: body.name })
        await audit(sql, about(caller, actor, 'account.edit'))
      })
      return { document: await accountOf(catalog, caller) }
    },
  }),

  route({
    method: 'POST',
    path: '/account/password',
    summary: 'Change one’s own password; every other session ends',
    area: 'account',
    needs: 'viewer',
    action: 'account.password',
    body: PasswordChange,
    answer: Account,
    handle: async ({ body, caller, actor, from }, { catalog }) => {
      const session = requireSession(caller, 'changing a password')
      const user = await loginById(catalog, session.userId)
      if (user === undefined) throw new LoginRefused({})
      await provenUser(catalog, user.email, body.password, caller.address)
      const password = new Secret(body.newPassword)
      requireGoodPassword(password, user)
      const hash = await hashPassword(password)
      const token = await catalog.transaction(async sql => {
        await setPassword(sql, user.id, hash)
        await endSessions(sql, user.id, session.id)
        await audit(sql, about(caller, actor, 'account.password'))
        // Of whoever has a second factor, a password proves too little.
        return await rotateSession(sql, session.id, { isProven: !user.twoFactor })
      })
      return await loggedIn(catalog, token, { address: caller.address, ...from })
    },
  }),
]

const about = ({ userId }: Caller, actor: string, action: string) => ({
  actor,
  action,
  objectKind: 'account',
  objectId: userId,
  objectName: actor.replace(/^user /, ''),
})
