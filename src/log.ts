import type { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

export type Log = Logger

/** Names under which secrets travel; `Secret` hides itself under any name. */
const SECRET_NAMES = ['password', 'passphrase', 'recoveryKey', 'authorization', 'cookie', 'url']

/** The password in a URL, wherever in a text it stands. */
const PASSWORD_IN_URL = /(:\/\/[^\s:@/"\\]*):[^\s@"\\]+@/g

/**
 * The server's log: one JSON document a line, or for people at a terminal one sentence a line. Nothing that
 * is known to be a secret gets through.
 */
export function openLog(
  output: Writable & { readonly isTTY?: boolean },
  level: string,
  about: Readonly<Record<string, unknown>>,
): Log {
  const write = output.isTTY
    ? (line: string) => output.write(readable(line))
    : (line: string) => output.write(line)
  return pino(
    {
      level,
      base: about,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: name => ({ level: name }) },
      redact: {
        paths: SECRET_NAMES.flatMap(name => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[secret]',
      },
      hooks: { streamWrite: line => line.replaceAll(PASSWORD_IN_URL, '$1:[secret]@') },
    },
    { write },
  )
}

interface Line {
  readonly level: string
  readonly time: string
  readonly msg?: string
  readonly err?: { readonly message?: string; readonly hint?: string; readonly stack?: string }
}

/** `14:03:05  ready on …`; an error that was not foreseen comes with its stack. */
function readable(json: string): string {
  const { level, time, msg, err } = JSON.parse(json) as Line
  const clock = new Date(time).toTimeString().slice(0, 8)
  const word =
    level === 'warn' ? 'warning: ' : level === 'error' || level === 'fatal' ? 'error: ' : ''
  const said = [msg, err?.message === msg ? undefined : err?.message].filter(Boolean).join(': ')
  const more = err === undefined ? undefined : (err.hint ?? err.stack)
  return `${clock}  ${word}${said}\n${more === undefined ? '' : `          ${more}\n`}`
}
