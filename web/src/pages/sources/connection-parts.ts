import type { UnsavedSource } from '../../../../src/client/index.ts'

type Tls = NonNullable<UnsavedSource['tls']>
export const TLS_MODES: readonly Tls[] = [
  'prefer',
  'require',
  'verify-full',
  'verify-ca',
  'disable',
]

/** A connection as it stands in a form; what is empty is left to the server. */
export interface Parts {
  readonly host: string
  readonly port: number | string
  readonly database: string
  readonly user: string
  readonly password: string
  readonly tls: Tls
  readonly caFile: string
}

export const EMPTY_PARTS: Parts = {
  host: '',
  port: 5432,
  database: '',
  user: '',
  password: '',
  tls: 'prefer',
  caFile: '',
}

export const checksCertificate = (tls: Tls): boolean => tls.startsWith('verify')

export function placeOf({
  host,
  port,
  database,
  user,
  password,
  tls,
  caFile,
}: Parts): UnsavedSource {
  return {
    host: host.trim(),
    ...(typeof port === 'number' && { port }),
    ...(database !== '' && { database }),
    ...(user !== '' && { user }),
    ...(password !== '' && { password }),
    tls,
    ...(checksCertificate(tls) && caFile !== '' && { caFile: caFile.trim() }),
  }
}
