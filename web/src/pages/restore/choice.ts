import type { NewRestore, Preflight } from '../../../../src/client/index.ts'

/** Where a restore goes: to a new database of the source's server, to another server, or in place of the source. */
export type Where = 'new' | 'other' | 'replace'
export const STEPS = ['backup', 'target', 'check', 'agree'] as const
export type Step = (typeof STEPS)[number]

/**
 * What the address of the wizard says. `label` is what backups call their database where it is no source here: they
 * go to another server.
 */
export type RestoreSearch = Partial<
  Record<'backup' | 'repository' | 'source' | 'label' | 'to' | 'database' | 'step' | 'run', string>
>

/** What is chosen and does not stand in the address: a URL holds a password. */
export interface Choices {
  readonly server: Server
  /** The database at the URL may hold something, and is replaced then. */
  readonly replaceThere: boolean
  readonly disconnect: boolean
  readonly noOwner: boolean
  /** The warnings that were read, each in its words. */
  readonly agreed: string
}

/** Another server's database: as a URL, or in parts. */
export interface Server {
  readonly how: 'url' | 'fields'
  readonly url: string
  readonly parts: Parts
}

export interface Parts {
  readonly host: string
  readonly port: string | number
  readonly database: string
  readonly user: string
  readonly password: string
  /** Empty: as the driver does it. */
  readonly tls: string
}

export const USUAL_PORT = 5432
const NO_PARTS: Parts = {
  host: '',
  port: USUAL_PORT,
  database: '',
  user: '',
  password: '',
  tls: '',
}

export const NO_CHOICES: Choices = {
  server: { how: 'url', url: '', parts: NO_PARTS },
  replaceThere: false,
  disconnect: false,
  noOwner: false,
  agreed: '',
}

/** PostgreSQL's limit. */
const MOST_BYTES = 63

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length
export const fits = (name: string): boolean => name !== '' && bytesOf(name) <= MOST_BYTES

/** `shop_restored_2026_11_22`: where the name is too long for that, its end gives way. */
export function suggestedName(database: string, today: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${today.getFullYear()}_${two(today.getMonth() + 1)}_${two(today.getDate())}`
  const ending = `_restored_${day}`
  let base = Array.from(database)
  while (bytesOf(base.join('') + ending) > MOST_BYTES) base = base.slice(0, -1)
  return base.join('') + ending
}

export const isWhere = (text: string | undefined): text is Where =>
  text === 'new' || text === 'other' || text === 'replace'

/** Whether a database that holds something would be replaced. */
export const isInPlace = (to: Where, { replaceThere }: Pick<Choices, 'replaceThere'>): boolean =>
  to === 'replace' || (to === 'other' && replaceThere)

/** The request that an address and choices mean; undefined where something is missing. */
export function requestOf(search: RestoreSearch, choices: Choices): NewRestore | undefined {
  const { source, backup, repository, to, database } = search
  if (!backup || !isWhere(to) || (!source && to !== 'other')) return undefined
  const common = {
    kind: 'restore' as const,
    ...(source && { source }),
    backup,
    ...(repository && { repository }),
    ...(choices.noOwner && { noOwner: true }),
    ...(isInPlace(to, choices) && { replace: true, disconnect: choices.disconnect }),
  }
  if (to === 'replace') return { ...common, target: 'source' }
  if (to === 'new') {
    return database && fits(database) ? { ...common, target: 'source', database } : undefined
  }
  const url = urlOf(choices.server)
  return url === '' ? undefined : { ...common, target: url }
}

/** Empty where something is missing. The host is a parameter, where no character has a meaning. */
export function urlOf({ how, url, parts }: Server): string {
  if (how === 'url') return url.trim()
  const { host, port, database, user, password, tls } = parts
  if (host === '' || database === '') return ''
  const text = encodeURIComponent
  const secret = password === '' ? '' : `:${text(password)}`
  const login = user === '' ? '' : `${text(user)}${secret}@`
  const query = new URLSearchParams({ host, ...(tls !== '' && { sslmode: tls }) })
  return `postgres://${login}:${port}/${text(database)}?${query.toString()}`
}

/** `shop` of `shop@db.example.org:5432`. */
export const databaseOf = (label: string): string => label.slice(0, label.lastIndexOf('@'))
/** `db.example.org:5432` */
export const serverOf = (label: string): string => label.slice(label.lastIndexOf('@') + 1)

/** Where a database was when it was backed up, to be filled in for where it goes. */
export function serverAsWas(label: string): Server {
  const server = serverOf(label)
  const [, host = '', port = USUAL_PORT] = /^\[?([^/[\]]+)\]?:(\d+)$/.exec(server) ?? []
  return { how: 'fields', url: '', parts: { ...NO_PARTS, host, port, database: databaseOf(label) } }
}

/** Whether something that is in use would give way. */
export const replacesSomething = (request: NewRestore, { target }: Preflight): boolean =>
  request.replace === true && target.exists !== false && target.empty !== true

/** The warnings of a look, as what a person says to have read. */
export const warningsOf = ({ checks }: Preflight) =>
  checks.filter(({ outcome }) => outcome === 'warning')

export const wordsOfWarnings = (looked: Preflight): string =>
  JSON.stringify(warningsOf(looked).map(({ message }) => message))

/** Whether somebody may go on from what was found. */
export const isAgreed = (looked: Preflight, { agreed }: Choices): boolean =>
  looked.ready && (warningsOf(looked).length === 0 || agreed === wordsOfWarnings(looked))

/** The same request sent twice is one run; also where a page is not served safely, and has no randomUUID. */
export const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('')
