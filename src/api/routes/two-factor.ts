import { audit } from '../../catalog/audit.ts'
import type { Sql } from '../../catalog/db.ts'
import { endSessions, rotateSession } from '../../catalog/sessions.ts'
import {
  confirmTwoFactor,
  dropTwoFactor,
  offerTwoFactor,
  readTwoFactor,
  totpPlace,
} from '../../catalog/two-factor.ts'
import type { Caller } from '../../core/access.ts'
import { LoginRefused, TwoFactorState } from '../../core/faults.ts'
import { requireSession } from '../login/account.ts'
import { givenCookie } from '../login/cookies.ts'
import { codeOpens, newRecoveryCodes, newTotp } from '../login/second-factor.ts'
import { triedCode } from '../login/tries.ts'
import { type Call, type Deps, type Route, route } from '../route.ts'
import { RecoveryCodes, TwoFactorConfirm, TwoFactorOff, TwoFactorOffer } from '../schema/account.ts'

const WHAT = 'a second factor'
const ON = 'the second factor is on already'
const OFF = 'there is no second factor'

export const twoFactorRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/account/two-factor',
    summary: 'Begin to set up a second factor; it counts once a code of it is confirmed',
    area: 'account',
    needs: 'viewer',
    action: 'two-factor.offer',
    stepUp: true,
    success: [201],
    answer: TwoFactorOffer,
    handle: async ({ caller, actor }, { catalog, vault }) => {
      const { userId } = requireSession(caller, WHAT)
      const { secret, uri } = newTotp(actor.replace(/^user /, ''))
      await catalog.transaction(async sql => {
        const sealed = vault.seal(secret, totpPlace(userId))
        if (!(await offerTwoFactor(sql, userId, sealed))) throw new TwoFactorState({ why: ON })
        await note(sql, caller, 'two-factor.offer')
      })
      return { status: 201, document: { secret: secret.reveal(), uri } }
    },
  }),

  route({
    method: 'POST',
    path: '/account/two-factor/confirm',
    summary: 'Turn the second factor on; the answer shows the recovery codes this once only',
    area: 'account',
    needs: 'viewer',
    action: 'two-factor.on',
    stepUp: true,
    body: TwoFactorConfirm,
    answer: RecoveryCodes,
    handle: async (call, deps) => {
      const { id, userId } = requireSession(call.caller, WHAT)
      await requireFirstCode(call, deps, userId, call.body.code)
      const { codes, token } = await deps.catalog.transaction(async sql => {
        if (!(await confirmTwoFactor(sql, userId))) throw new TwoFactorState({ why: ON })
        await endSessions(sql, userId, id)
        await note(sql, call.caller, 'two-factor.on')
        const codes = await newRecoveryCodes(sql, userId)
        return { codes, token: await rotateSession(sql, id, { isProven: true }) }
      })
      const cookie = givenCookie('session', token, call.from.isSecure)
      return { document: { recoveryCodes: codes }, headers: { 'set-cookie': cookie } }
    },
  }),

  route({
    method: 'POST',
    path: '/account/two-factor/recovery-codes',
    summary: 'Make new recovery codes; those there were open nothing any more',
    area: 'account',
    needs: 'viewer',
    action: 'two-factor.codes',
    stepUp: true,
    answer: RecoveryCodes,
    handle: async ({ caller }, { catalog }) => {
      const { userId } = requireSession(caller, WHAT)
      return await catalog.transaction(async sql => {
        const { isConfirmed } = await readTwoFactor(sql, userId)
        if (!isConfirmed) throw new TwoFactorState({ why: OFF })
        await note(sql, caller, 'two-factor.codes')
        return { status: 201, document: { recoveryCodes: await newRecoveryCodes(sql, userId) } }
      })
    },
  }),

  route({
    method: 'DELETE',
    path: '/account/two-factor',
    summary: 'Turn the second factor off',
    area: 'account',
    needs: 'viewer',
    action: 'two-factor.off',
    stepUp: true,
    answer: TwoFactorOff,
    handle: async ({ caller, from }, { catalog }) => {
      const { id, userId } = requireSession(caller, WHAT)
      const token = await catalog.transaction(async sql => {
        if (!(await dropTwoFactor(sql, userId))) throw new TwoFactorState({ why: OFF })
        await endSessions(sql, userId, id)
        await note(sql, caller, 'two-factor.off')
        return await rotateSession(sql, id, { isProven: false })
      })
      const cookie = givenCookie('session', token, from.isSecure)
      return { document: { twoFactor: false as const }, headers: { 'set-cookie': cookie } }
    },
  }),
]

/** The first code shows that the authenticator has the secret. */
async function requireFirstCode(
  { caller }: Call<unknown, unknown, unknown>,
  { catalog, vault }: Deps,
  userId: string,
  code: string,
): Promise<void> {
  const { sealed, isConfirmed } = await readTwoFactor(catalog, userId)
  if (isConfirmed) throw new TwoFactorState({ why: ON })
  if (sealed === null) throw new TwoFactorState({ why: OFF })
  const tries = { userId, address: caller.address }
  const isRight = await triedCode(catalog, tries, true, async () =>
    (await codeOpens(catalog, vault, userId, code)) ? true : undefined,
  )
  if (isRight === undefined) throw new LoginRefused({})
}

const note = (sql: Sql, { actor, userId }: Caller, action: string) =>
  audit(sql, {
    actor,
    action,
    objectKind: 'two-factor',
    objectId: userId,
    objectName: actor.replace(/^user /, ''),
  })
