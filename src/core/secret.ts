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

/** The password in a URL, as it is written there and decoded; nothing where it has none. */
export function passwordsIn(url: string): string[] {
  const raw =
    /^[a-z][a-z0-9+.-]*:\/\/[^:/?#]*:(.+)@/s.exec(url)?.[1] ??
    /[?&]password=([^&#]+)/.exec(url)?.[1]
  if (raw === undefined) return []
  try {
    return [raw, decodeURIComponent(raw)]
  } catch {
    // Not percent-encoded: the raw form is all there is.
    return [raw]
  }
}
