import { CommanderError } from 'commander'
import { Fault, reason } from '../core/fault.ts'
import { redact, type Secret } from '../core/secret.ts'
import { EXITS, FAILED, INTERRUPTED, WRONG_USE } from './exits.ts'

/** How a command failed, for people and for `--json`. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly exit: number
}

/** What to tell of any error, without the secrets. */
export function failureOf(
  error: unknown,
  interrupted: boolean,
  secrets: readonly Secret[],
): Failure {
  const { code, message, hint, exit } = described(error, interrupted)
  const clean = (text: string) => redact(text, secrets)
  return { code, message: clean(message), hint: hint && clean(hint), exit }
}

function described(error: unknown, interrupted: boolean): Failure {
  // Whatever a tool or a driver said when it was stopped, the user knows why it ended.
  if (interrupted) {
    return {
      code: 'INTERRUPTED',
      message: EXITS[INTERRUPTED],
      hint: 'nothing half-done is left behind; run it again when ready',
      exit: INTERRUPTED,
    }
  }
  if (error instanceof Fault) return error
  if (error instanceof CommanderError) return wrongUse(error)
  return {
    code: 'UNEXPECTED',
    message: reason(error),
    hint: 'this was not foreseen; HOLDFAST_DEBUG=1 shows where it happened',
    exit: FAILED,
  }
}

/** Commander puts its suggestion on a second line. */
function wrongUse(error: CommanderError): Failure {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(second ?? '')?.[1]
  return {
    code: 'WRONG_USE',
    message: first.replaceAll("'", ''),
    hint:
      suggestion === undefined
        ? 'run the command with --help to see how it is used'
        : `did you mean ${suggestion}?`,
    exit: WRONG_USE,
  }
}
