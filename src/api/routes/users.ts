import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import type { Catalog, Sql } from '../../catalog/db.ts'
import { endSessions } from '../../catalog/sessions.ts'
import { dropTwoFactor } from '../../catalog/two-factor.ts'
import {
  changeUser,
  findUser,
  insertUser,
  listUsers,
  removeUser,
  setDisabled,
  setPassword,
  type UserRow,
} from '../../catalog/users.ts'
import { OnlyOnHost, TwoFactorState } from '../../core/faults.ts'
import { Secret } from '../../core/secret.ts'
import { invite } from '../login/links.ts'
import { requireGoodPassword } from '../login/password-rules.ts'
import { hashPassword } from '../login/passwords.ts'
import { requireEveryScope } from '../policy.ts'
import { type Route, route } from '../route.ts'
import { Email } from '../schema/account.ts'
import { Reference } from '../schema/common.ts'
import { InvitedUser, NewUser, PasswordReset, User, UserChange, UserList } from '../schema/users.ts'

const One = z.strictObject({ user: z.union([Email, Reference]) })

export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/users',
    summary: 'Everybody who has an account, by e-mail address',
    area: 'users',
    needs: 'admin',
    answer: UserList,
    handle: async (_, { catalog }) => ({ document: { users: await listUsers(catalog) } }),
  }),

  route({
    method: 'GET',
    path: '/users/:user',
    summary: 'Somebody who has an account',
    area: 'users',
    needs: 'admin',
    params: One,
    answer: User,
    handle: async ({ params }, { catalog }) => ({ document: await findUser(catalog, params.user) }),
  }),

  route({
    method: 'POST',
    path: '/users',
    summary: 'Give somebody an account; without a password the answer shows a link, this once only',
    area: 'users',
    needs: 'admin',
    action: 'user.add',
    stepUp: true,
    body: NewUser,
    answer: InvitedUser,
    handle: async ({ body, actor, caller }, { catalog, login }) => {
      requireEveryScope(caller, 'POST /users')
      const password = body.password && (await goodHash(body.password, body))
      return await catalog.transaction(async sql => {
        const user = await insertUser(sql, { ...body, id: randomUUID(), password })
        await audit(sql, { ...about(user, actor, 'user.add'), details: { role: user.role } })
        const invitation = password ? null : await invite(sql, user.id, login.url)
        return { status: 201, document: { user, invitation } }
      })
    },
  }),

  route({
    method: 'PATCH',
    path: '/users/:user',
    summary: 'Change somebody’s name or role; with another role they log in anew',
    area: 'users',
    needs: 'admin',
    action: 'user.edit',
    stepUp: true,
    params: One,
    body: UserChange,
    answer: User,
    handle: async ({ params, body, actor, caller }, { catalog }) => {
      if (body.role !== undefined) requireEveryScope(caller, 'PATCH /users/:user to give a role')
      return await catalog.transaction(async sql => {
        const before = await findUser(sql, params.user)
        const user = await changeUser(sql, before, body)
        const details = user.role === before.role ? {} : { from: before.role, to: user.role }
        await audit(sql, { ...about(user, actor, 'user.edit'), details })
        return { document: user }
      })
    },
  }),

  route({
    method: 'POST',
    path: '/users/:user/disable',
    summary: 'Let somebody in no more; their sessions end and their keys open nothing',
    area: 'users',
    needs: 'admin',
    action: 'user.disable',
    stepUp: true,
    params: One,
    answer: User,
    handle: async ({ params, actor }, { catalog }) => ({
      document: await disable(catalog, params.user, true, actor),
    }),
  }),

  route({
    method: 'POST',
    path: '/users/:user/enable',
    summary: 'Let somebody in again',
    area: 'users',
    needs: 'admin',
    action: 'user.enable',
    stepUp: true,
    params: One,
    answer: User,
    handle: async ({ params, actor }, { catalog }) => ({
      document: await disable(catalog, params.user, false, actor),
    }),
  }),

  route({
    method: 'DELETE',
    path: '/users/:user',
    summary: 'Remove somebody’s account, with their sessions and keys',
    area: 'users',
    needs: 'admin',
    action: 'user.remove',
    stepUp: true,
    params: One,
    answer: User,
    handle: async ({ params, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        const user = await findUser(sql, params.user)
        await removeUser(sql, user)
        await audit(sql, about(user, actor, 'user.remove'))
        return { document: user }
      }),
  }),

  route({
    method: 'POST',
    path: '/users/:user/reset-password',
    summary: 'Give somebody a new password, or a link by which they set it; their sessions end',
    area: 'users',
    needs: 'admin',
    action: 'user.reset-password',
    stepUp: true,
    params: One,
    body: PasswordReset,
    answer: InvitedUser,
    handle: async ({ params, body, actor, caller }, { catalog, login }) => {
      requireEveryScope(caller, 'POST /users/:user/reset-password')
      const { email, name } = await findUser(catalog, params.user)
      const password = body.password && (await goodHash(body.password, { email, name }))
      return await catalog.transaction(async sql => {
        const { id } = await findUser(sql, params.user)
        await setPassword(sql, id, password ?? null)
        await endSessions(sql, id)
        const user = await findUser(sql, id)
        await audit(sql, about(user, actor, 'user.reset-password'))
        const invitation = password ? null : await invite(sql, id, login.url)
        return { document: { user, invitation } }
      })
    },
  }),

  route({
    method: 'POST',
    path: '/users/:user/reset-two-factor',
    summary: 'Take somebody’s second factor away; on the server’s own machine only',
    area: 'users',
    needs: 'admin',
    action: 'user.reset-two-factor',
    stepUp: true,
    params: One,
    answer: User,
    handle: async ({ params, actor, caller }, { catalog }) => {
      if (caller.kind !== 'local') throw new OnlyOnHost({ what: 'taking a second factor away' })
      return await catalog.transaction(async sql => {
        const { id, email } = await findUser(sql, params.user)
        if (!(await dropTwoFactor(sql, id))) {
          throw new TwoFactorState({ why: `${email} has no second factor` })
        }
        await endSessions(sql, id)
        const user = await findUser(sql, id)
        await audit(sql, about(user, actor, 'user.reset-two-factor'))
        return { document: user }
      })
    },
  }),
]

async function goodHash(text: string, user: { email: string; name: string }): Promise<string> {
  const password = new Secret(text)
  requireGoodPassword(password, user)
  return await hashPassword(password)
}

async function disable(
  catalog: Catalog,
  called: string,
  isDisabled: boolean,
  actor: string,
): Promise<UserRow> {
  return await catalog.transaction(async (sql: Sql) => {
    const user = await setDisabled(sql, await findUser(sql, called), isDisabled)
    await audit(sql, about(user, actor, isDisabled ? 'user.disable' : 'user.enable'))
    return user
  })
}

const about = ({ id, email }: UserRow, actor: string, action: string) => ({
  actor,
  action,
  objectKind: 'user',
  objectId: id,
  objectName: email,
})
