import type { FaultCode } from '../../../src/client/index.ts'

/** The names and numbers in a sentence of the server. */
type Details = Readonly<Record<string, unknown>>

/** What the server, or a run, says of a fault; a look ahead at a restore, also of what it found to be well. */
export interface GivenFault {
  readonly code?: string | undefined
  readonly details?: Details
  readonly message: string
  readonly hint?: string | undefined
  readonly problems?: readonly FieldProblem[]
}

export interface FieldProblem {
  readonly field: string
  readonly why: string
  /** The language of `why`, where it is another one than that of the page. */
  readonly lang?: 'en' | undefined
}

/** A fault as the person reads it: sentences that stand alone. */
export interface ToldFault {
  readonly what: string
  readonly hint: string | undefined
  /** What the server said itself, in English, where `what` is in another language. */
  readonly detail?: string | undefined
  readonly problems: readonly FieldProblem[]
  /** The language of `what` and `hint`, where it is another one than that of the page. */
  readonly lang?: 'en' | undefined
}

/** A line of a run's log, or a warning, which has nothing but its message. */
export interface GivenLine {
  readonly message: string
  readonly code?: string | null
  readonly details?: Details
}

export interface ToldLine {
  readonly what: string
  /** What stands behind it: what a program, or a fault, said itself, in English. */
  readonly said?: string | undefined
}

/** The words of a language for faults, and for lines. Nothing, where it has none: then it is said as the server does. */
export interface FaultWords {
  readonly of: (fault: GivenFault) => ToldFault
  readonly why: (why: string) => string | undefined
  readonly line: (line: GivenLine) => ToldLine | undefined
}

/** What happened, and the next step in the dashboard. */
export interface KindWords {
  readonly what: string
  readonly hint: string
  /** The server's hint is about the case at hand: it stays with the details. */
  readonly hasOwnHint?: boolean
}

/** The codes of the server, and of a client that gets no answer it understands. */
export type KnownCode = FaultCode | 'UNEXPECTED_ANSWER'

/** A form of what the server says, and the same in another language; the arguments are its groups. */
export type Form<Said = string> = readonly [RegExp, (...parts: readonly string[]) => Said]

export function bySomeForm<Said>(forms: readonly Form<Said>[], text: string): Said | undefined {
  for (const [form, say] of forms) {
    const match = form.exec(text)
    if (match !== null) return say(...match.slice(1))
  }
  return undefined
}
