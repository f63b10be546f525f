import { rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Fault, reason } from '../../core/fault.ts'
import { DatabaseUnreachable } from '../../core/faults.ts'
import type { Secret } from '../../core/secret.ts'
import { scratchDirectory } from '../../stream/scratch.ts'
import { reachableAddresses } from '../reach.ts'
import type { Settings } from './settings.ts'

/** Longer than libpq needs for a slow handshake, shorter than anyone waits. */
const CONNECT_TIMEOUT_S = '15'

/** The host by its name, and where rules hold the addresses that they leave it: libpq looks up nothing then. */
async function hostsOf({ host, port, reach }: Settings): Promise<Record<string, string>> {
  if (reach === undefined || host.startsWith('/') || isIP(host) !== 0) return { PGHOST: host }
  try {
    const addresses = await reachableAddresses(host, reach)
    return { PGHOST: addresses.map(() => host).join(','), PGHOSTADDR: addresses.join(',') }
  } catch (error) {
    if (error instanceof Fault) throw error
    throw new DatabaseUnreachable({ server: `${host}:${port}`, why: reason(error) }, error)
  }
}

/** Ours, where there is a password, or where those of whoever runs us are not for this wish; or else theirs. */
function passwordFileOf(
  { password, reach, passwordFile }: Settings,
  directory: string,
): Record<string, string> {
  if (password !== undefined || reach !== undefined)
    return { PGPASSFILE: join(directory, 'pgpass') }
  return passwordFile === undefined ? {} : { PGPASSFILE: passwordFile }
}

/**
 * How PostgreSQL's programs log in: everything by environment, where libpq takes it literally (as an
 * argument a database called `host=evil` is a connection string); the password by a file of mode 0600
 * in a directory of mode 0700, because an environment can be read while the program runs.
 */
export class ToolLogin {
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly Secret[]
  /** A private place for files that last as long as the login. */
  readonly directory: string

  private constructor(
    directory: string,
    settings: Settings,
    { path, hosts }: { readonly path: string; readonly hosts: Record<string, string> },
  ) {
    this.directory = directory
    this.secrets = settings.password === undefined ? [] : [settings.password]
    this.env = {
      PATH: path,
      // The certificates and the password file of whoever runs us are for their own wishes only.
      HOME: settings.reach === undefined ? homedir() : directory,
      LC_ALL: 'C', // messages in the one language that we know
      PGTZ: 'UTC', // times are printed in the session's zone: the same rows must give the same bytes
      PGAPPNAME: 'holdfast',
      PGCONNECT_TIMEOUT: CONNECT_TIMEOUT_S,
      ...hosts,
      PGPORT: String(settings.port),
      PGUSER: settings.user,
      PGDATABASE: settings.database,
      // libpq would try first without; both mean that either will do.
      PGSSLMODE: settings.sslMode === 'allow' ? 'prefer' : settings.sslMode,
      ...(settings.sslRootCert !== undefined && { PGSSLROOTCERT: settings.sslRootCert }),
      ...passwordFileOf(settings, directory),
    }
  }

  static async prepare(settings: Settings, path: string): Promise<ToolLogin> {
    const hosts = await hostsOf(settings)
    const directory = await scratchDirectory()
    const login = new ToolLogin(directory, settings, { path, hosts })
    if (settings.password !== undefined) {
      const escaped = settings.password.reveal().replaceAll(/[\\:]/g, '\\$&')
      await writeFile(join(directory, 'pgpass'), `*:*:*:*:${escaped}\n`, { mode: 0o600 })
    }
    return login
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true })
  }
}
