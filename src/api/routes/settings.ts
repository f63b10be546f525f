import { audit } from '../../catalog/audit.ts'
import type { Sql } from '../../catalog/db.ts'
import { readSetting, writeSetting } from '../../catalog/settings.ts'
import { type Route, route } from '../route.ts'
import { Settings, SettingsChanges } from '../schema/settings.ts'

export const settingsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/settings',
    summary: 'What people may set of the server while it runs',
    area: 'settings',
    needs: 'viewer',
    answer: Settings,
    handle: async (_, { catalog }) => ({ document: await settings(catalog) }),
  }),

  route({
    method: 'PATCH',
    path: '/settings',
    summary: 'Change settings; what is left out stays',
    area: 'settings',
    needs: 'admin',
    action: 'settings.edit',
    body: SettingsChanges,
    answer: Settings,
    handle: async ({ body, actor }, { catalog }) =>
      await catalog.transaction(async sql => {
        // Two changes at once would each note a value as the one before that the other had replaced.
        await sql.query('lock table settings in share row exclusive mode')
        const before = await settings(sql)
        const { maxRunsPerHost, manualBackupsPerMinute, deleteGraceHours, maxUploadBytes } = body
        if (maxRunsPerHost !== undefined) await writeSetting(sql, 'maxRunsPerHost', maxRunsPerHost)
        if (manualBackupsPerMinute !== undefined) {
          await writeSetting(sql, 'manualBackupsPerMinute', manualBackupsPerMinute)
        }
        if (deleteGraceHours !== undefined) {
          await writeSetting(sql, 'deleteGraceHours', deleteGraceHours)
        }
        if (maxUploadBytes !== undefined) await writeSetting(sql, 'maxUploadBytes', maxUploadBytes)
        const after = await settings(sql)
        const details = { before: only(body, before), after: only(body, after) }
        await audit(sql, { actor, action: 'settings.edit', objectKind: 'settings', details })
        // A run that waits for a limit may go on.
        await sql.query(`select pg_notify('holdfast_runs', '{}')`)
        return { document: after }
      }),
  }),
]

const settings = async (sql: Sql): Promise<Settings> => ({
  maxRunsPerHost: (await readSetting(sql, 'maxRunsPerHost')) ?? null,
  manualBackupsPerMinute: await readSetting(sql, 'manualBackupsPerMinute'),
  deleteGraceHours: await readSetting(sql, 'deleteGraceHours'),
  maxUploadBytes: await readSetting(sql, 'maxUploadBytes'),
})

/** Of some settings, those that a change names. */
const only = (named: object, all: Settings): Partial<Settings> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name in named))
