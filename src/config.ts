import { Secret } from './core/secret.ts'

/** Everything the environment may say, read once. `.env.example` lists the same names for people. */
export interface Config {
  readonly repository: string | undefined
  readonly passphrase: Secret | undefined
  readonly passphraseFile: string | undefined
  readonly newPassphrase: Secret | undefined
  readonly newPassphraseFile: string | undefined
  readonly recoveryKey: Secret | undefined
  /** Directory with pg_dump and pg_restore, looked into before the well-known places. */
  readonly pgBin: string | undefined
  /** The PATH that programs are looked for in. */
  readonly path: string
  /** Show the stack of an unexpected error. */
  readonly debug: boolean
  readonly noColor: boolean
  /** The terminal cannot move its cursor. */
  readonly dumbTerminal: boolean
  /** Any other variable, for `--source env:NAME`. */
  variable(name: string): Secret | undefined
}

/** The only place that reads process.env. */
function readConfig(env: NodeJS.ProcessEnv): Config {
  // An empty variable counts as unset: that is what `NAME= command` means to whoever types it.
  const text = (name: string) => env[name] || undefined
  const secret = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : new Secret(value)
  }
  return Object.freeze<Config>({
    repository: text('HOLDFAST_REPOSITORY'),
    passphrase: secret('HOLDFAST_PASSPHRASE'),
    passphraseFile: text('HOLDFAST_PASSPHRASE_FILE'),
    newPassphrase: secret('HOLDFAST_NEW_PASSPHRASE'),
    newPassphraseFile: text('HOLDFAST_NEW_PASSPHRASE_FILE'),
    recoveryKey: secret('HOLDFAST_RECOVERY_KEY'),
    pgBin: text('HOLDFAST_PG_BIN'),
    path: text('PATH') ?? '',
    debug: text('HOLDFAST_DEBUG') === '1',
    noColor: text('NO_COLOR') !== undefined,
    dumbTerminal: text('TERM') === 'dumb',
    variable: secret,
  })
}

export const config: Config = readConfig(process.env)
