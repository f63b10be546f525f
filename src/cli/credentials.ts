import { readFile, stat } from 'node:fs/promises'
import type { ReadStream } from 'node:tty'
import { reason } from '../core/fault.ts'
import { WrongUse } from '../core/faults.ts'
import { passwordsIn, Secret } from '../core/secret.ts'
import { askSecret } from './terminal/prompt.ts'
import type { Terminal } from './terminal/terminal.ts'

/** What the environment says about places and keys. */
export interface Environment {
  readonly repository: string | undefined
  readonly passphrase: Secret | undefined
  readonly passphraseFile: string | undefined
  readonly newPassphrase: Secret | undefined
  readonly newPassphraseFile: string | undefined
  readonly recoveryKey: Secret | undefined
  variable(name: string): Secret | undefined
}

/** Finds URLs, passphrases and keys where the user put them, and remembers what must never be printed. */
export class Credentials {
  readonly #environment: Environment
  readonly #terminal: Terminal
  readonly #input: ReadStream
  readonly #signal: AbortSignal
  readonly #secrets: Secret[] = []

  constructor(
    environment: Environment,
    terminal: Terminal,
    input: ReadStream,
    signal: AbortSignal,
  ) {
    this.#environment = environment
    this.#terminal = terminal
    this.#input = input
    this.#signal = signal
  }

  /** Every secret met so far. */
  get secrets(): readonly Secret[] {
    return this.#secrets
  }

  /** Where the repository is, from `--repository` or the environment. */
  repositoryUrl(option: string | undefined): string {
    if (option !== undefined) return this.url(option, '--repository').reveal()
    if (this.#environment.repository !== undefined) return this.#environment.repository
    throw new WrongUse({
      why: 'no repository was named',
      hint: 'add --repository URL, or set HOLDFAST_REPOSITORY',
    })
  }

  /** A URL as given after `option`: itself, or `env:NAME` for what the environment holds. */
  url(given: string, option: string): Secret {
    const name = /^env:(.*)$/s.exec(given)?.[1]
    if (name === undefined) {
      if (this.#rememberPassword(given)) {
        this.#terminal.warn(
          `a password on the command line can be read by every user of this machine; better: ${option} env:NAME`,
        )
      }
      return new Secret(given)
    }
    const url = this.#environment.variable(name)
    if (url === undefined) {
      throw new WrongUse({
        why: `the environment has no variable ${name}`,
        hint: `export ${name}, or give the URL itself after ${option}`,
      })
    }
    this.#rememberPassword(url.reveal())
    return url
  }

  /** What opens the repository. The recovery key goes first: who sets it has lost the passphrase. */
  async key(): Promise<{ readonly passphrase: Secret } | { readonly recoveryKey: Secret }> {
    const { recoveryKey } = this.#environment
    if (recoveryKey !== undefined) return { recoveryKey: this.#remember(recoveryKey) }
    const { passphrase, passphraseFile } = this.#environment
    const found = await this.#fromEnvironment(passphrase, passphraseFile)
    return { passphrase: found ?? (await this.#ask('Passphrase', 'HOLDFAST_PASSPHRASE')) }
  }

  /** The passphrase of a repository that is being made; typed twice where it is typed. */
  async firstPassphrase(): Promise<Secret> {
    const { passphrase, passphraseFile } = this.#environment
    const found = await this.#fromEnvironment(passphrase, passphraseFile)
    return (
      found ?? (await this.#askTwice('Passphrase for the new repository', 'HOLDFAST_PASSPHRASE'))
    )
  }

  /** A further passphrase for a repository. */
  async newPassphrase(): Promise<Secret> {
    const { newPassphrase, newPassphraseFile } = this.#environment
    const found = await this.#fromEnvironment(newPassphrase, newPassphraseFile)
    return found ?? (await this.#askTwice('New passphrase', 'HOLDFAST_NEW_PASSPHRASE'))
  }

  /** A password for somebody's account on a server; it goes by the names of a new passphrase. */
  async newPassword(): Promise<Secret> {
    const { newPassphrase, newPassphraseFile } = this.#environment
    const found = await this.#fromEnvironment(newPassphrase, newPassphraseFile)
    return found ?? (await this.#askTwice('Password for the account', 'HOLDFAST_NEW_PASSPHRASE'))
  }

  async #fromEnvironment(
    value: Secret | undefined,
    file: string | undefined,
  ): Promise<Secret | undefined> {
    if (value !== undefined) return this.#remember(value)
    return file === undefined ? undefined : this.#remember(await this.#readSecret(file))
  }

  async #readSecret(path: string): Promise<Secret> {
    try {
      const { mode } = await stat(path)
      if ((mode & 0o077) !== 0) {
        this.#terminal.warn(`${path} can be read by other users; chmod 600 keeps it private`)
      }
      // Editors end a file with a line break, which is no part of the passphrase.
      return new Secret((await readFile(path, 'utf8')).replace(/\r?\n$/, ''))
    } catch (error) {
      throw new WrongUse(
        {
          why: `could not read the passphrase from ${path}: ${reason(error)}`,
          hint: 'check the path and its rights',
        },
        error,
      )
    }
  }

  async #askTwice(question: string, variable: string): Promise<Secret> {
    const first = await this.#ask(question, variable)
    const again = await this.#ask('Once more', variable)
    if (first.reveal() !== again.reveal()) {
      throw new WrongUse({ why: 'the two passphrases differ', hint: 'run it again' })
    }
    return first
  }

  async #ask(question: string, variable: string): Promise<Secret> {
    if (!this.#input.isTTY) {
      throw new WrongUse({
        why: 'no passphrase was given, and there is no terminal to ask on',
        hint: `set ${variable}_FILE to a file that holds it, or ${variable}`,
      })
    }
    return this.#remember(await askSecret(question, this.#input, this.#terminal, this.#signal))
  }

  #remember(secret: Secret): Secret {
    this.#secrets.push(secret)
    return secret
  }

  /** Keeps a URL with a password, and the password, from being printed; tells whether there is one. */
  #rememberPassword(url: string): boolean {
    const passwords = passwordsIn(url)
    if (passwords.length === 0) return false
    for (const secret of [url, ...passwords]) this.#remember(new Secret(secret))
    return true
  }
}
