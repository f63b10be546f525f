import { z } from 'zod'
import { audit } from '../../catalog/audit.ts'
import { endSession, endSessions, listSessions } from '../../catalog/sessions.ts'
import { requireSession } from '../login/account.ts'
import { type Route, route } from '../route.ts'
import { EndedSessions, SessionList } from '../schema/account.ts'

const WHAT = 'a list of sessions'

export const sessionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/account/sessions',
    summary: 'Where one is logged in',
    area: 'account',
    needs: 'viewer',
    answer: SessionList,
    handle: async ({ caller }, { catalog }) => {
      const { id, userId } = requireSession(caller, WHAT)
      const rows = await listSessions(catalog, userId)
      return {
        document: { sessions: rows.map(one => Object.assign(one, { current: one.id === id })) },
      }
    },
  }),

  route({
    method: 'DELETE',
    path: '/account/sessions/:session',
    summary: 'Log out somewhere else',
    area: 'account',
    needs: 'viewer',
    action: 'session.end',
    params: z.strictObject({ session: z.uuid() }),
    answer: EndedSessions,
    handle: async ({ params, caller, actor }, { catalog }) => {
      const { userId } = requireSession(caller, WHAT)
      return await catalog.transaction(async sql => {
        await endSession(sql, userId, params.session.toLowerCase())
        await audit(sql, {
          actor,
          action: 'session.end',
          objectKind: 'session',
          objectId: params.session,
        })
        return { document: { ended: 1 } }
      })
    },
  }),

  route({
    method: 'DELETE',
    path: '/account/sessions',
    summary: 'Log out everywhere else',
    area: 'account',
    needs: 'viewer',
    action: 'session.end-others',
    answer: EndedSessions,
    handle: async ({ caller, actor }, { catalog }) => {
      const { id, userId } = requireSession(caller, WHAT)
      return await catalog.transaction(async sql => {
        const ended = await endSessions(sql, userId, id)
        const entry = { actor, action: 'session.end-others', objectKind: 'session' }
        await audit(sql, { ...entry, objectId: userId, details: { ended } })
        return { document: { ended } }
      })
    },
  }),
]
