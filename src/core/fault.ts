/** What every kind of fault says of itself; the table stands in faults.ts. */
export interface FaultKind<Details> {
  /** HTTP status of an answer that reports it. */
  readonly status: number
  /** Exit code of a command that ends with it. */
  readonly exit: number
  /** Whether the same thing may work when tried again a little later. */
  readonly retry: boolean
  /** What was attempted on what and why it failed: lower case, no full stop, no secret. */
  readonly text: (details: Details) => string
  /** The next step for the reader. */
  readonly hint: (details: Details) => string
}

/** Every error that Holdfast raises on purpose. */
export class Fault extends Error {
  readonly code: string
  readonly status: number
  readonly exit: number
  readonly retry: boolean
  readonly hint: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    kind: FaultKind<Record<string, unknown>>,
    details: Record<string, unknown>,
    cause?: unknown,
  ) {
    super(kind.text(details), cause === undefined ? undefined : { cause })
    this.name = code
    this.code = code
    this.status = kind.status
    this.exit = kind.exit
    this.retry = kind.retry
    this.hint = kind.hint(details)
    this.details = details
  }
}

/** The constructor of one kind of fault. */
export interface FaultClass<Details> {
  new (details: Details, cause?: unknown): Fault
  readonly code: string
}

/** Declares a kind of fault; `instanceof` works with what it returns. */
export function fault<Details extends object>(
  code: string,
  kind: FaultKind<Details>,
): FaultClass<Details> {
  return class extends Fault {
    static readonly code = code

    constructor(details: Details, cause?: unknown) {
      super(
        code,
        kind as unknown as FaultKind<Record<string, unknown>>,
        details as Record<string, unknown>,
        cause,
      )
    }
  }
}

/** The sentence of any error, for use inside another sentence. */
export const reason = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
