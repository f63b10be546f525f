import { inspect } from 'node:util'

/** A value that no log, error or JSON answer can show; whoever uses it says `reveal()`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  get isEmpty(): boolean {
    return this.#value === ''
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

/** `text` without any of the secrets: what other programs print passes through here first. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let clean = text
  for (const secret of secrets) {
    if (!secret.isEmpty) clean = clean.replaceAll(secret.reveal(), '[secret]')
  }
  return clean
}
