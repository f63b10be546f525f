import { z } from 'zod'
import type { Route } from '../route.ts'

/** Where path and action alone would make a name that nobody would look for. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  'DELETE /account/sessions': 'endOtherSessions',
  'DELETE /account/sessions/:session': 'endSession',
  'DELETE /account/two-factor': 'turnOffTwoFactor',
  'GET /account/oidc': 'getOidc',
  'GET /account/oidc/callback': 'endOidc',
  'GET /account/oidc/start': 'beginOidc',
  'GET /account/sessions': 'listSessions',
  'GET /audit': 'listAudit',
  'GET /audit.csv': 'exportAudit',
  'GET /audit.ndjson': 'exportAuditLines',
  'GET /backups/:before/diff/:after': 'compareBackups',
  'GET /backups/unclaimed': 'listUnclaimedDatabases',
  'GET /repositories': 'listRepositories',
  'POST /repositories/:repository/recovery-keys': 'addRecoveryKey',
  'GET /runs.csv': 'exportRuns',
  'GET /runs/active': 'getActiveRuns',
  'GET /schedules/calendar': 'getCalendar',
  'GET /schedules/:schedule/next': 'getNextFirings',
  'GET /search': 'search',
  'GET /stats/sources': 'listSourceStats',
  'GET /stats/storage': 'getStorageHistory',
  'POST /backups/:backup/downloads': 'makeDownloadLink',
  'POST /downloads': 'download',
  'POST /repositories/:repository/uploads': 'uploadBackup',
  'POST /account/invitation': 'acceptInvitation',
  'POST /account/login': 'logIn',
  'POST /account/logout': 'logOut',
  'POST /account/password': 'changePassword',
  'POST /account/prove': 'prove',
  'POST /account/two-factor': 'offerTwoFactor',
  'POST /account/two-factor/confirm': 'confirmTwoFactor',
  'POST /account/two-factor/recovery-codes': 'renewRecoveryCodes',
  'POST /setup': 'setUp',
  'POST /sources/databases': 'listDatabases',
  'POST /sources/test': 'testConnection',
  'POST /users/:user/reset-password': 'resetPassword',
  'POST /users/:user/reset-two-factor': 'resetTwoFactor',
}

/** What programs call a route: `listRuns`, `startRun`, `getRunLog`; made of its path and its action. */
export function operationId(one: Route): string {
  const other = OTHER_NAMES[`${one.method} ${one.path}`]
  return other ?? (one.method === 'GET' ? readName(one) : changeName(one))
}

const segmentsOf = (path: string): string[] => path.split('/').filter(part => part !== '')
const isParameter = (segment: string | undefined): boolean => segment?.startsWith(':') ?? false

/** `/runs` → listRuns, `/runs/:run` → getRun, `/runs/:run/log` → getRunLog */
function readName({ path, answer, media }: Route): string {
  const segments = segmentsOf(path)
  const words = segments.flatMap((segment, at) => {
    if (isParameter(segment)) return []
    return [isParameter(segments[at + 1]) ? singular(segment) : segment]
  })
  const last = words.at(-1) ?? ''
  // A stream is named for what one does with it: followRun.
  if (media === 'application/x-ndjson') return camel([last, ...words.slice(0, -1)])
  const isListing = !isParameter(segments.at(-1)) && last.endsWith('s') && isList(answer)
  return camel([isListing ? 'list' : 'get', ...words])
}

const PAGING = new Set(['next', 'previous'])

/** Nothing but things of one kind, and where other pages begin. */
function isList(answer: z.ZodType): boolean {
  if (!(answer instanceof z.ZodObject)) return false
  const fields = Object.entries(answer.shape).filter(([name]) => !PAGING.has(name))
  return fields.length === 1 && fields[0]?.[1] instanceof z.ZodArray
}

/** The verb of its action, and what its path ends in: `POST /runs` with run.start → startRun */
function changeName({ path, action }: Route): string {
  const segments = segmentsOf(path).filter(segment => !isParameter(segment))
  const verb = action?.slice(action.indexOf('.') + 1) ?? segments.at(-1) ?? ''
  const nouns = segments.at(-1) === verb ? segments.slice(0, -1) : segments
  return camel([verb, ...nouns.map(singular)])
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word
}

const camel = (words: readonly string[]): string =>
  words
    .flatMap(word => word.split(/[-.]/))
    .map((word, at) => (at === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
