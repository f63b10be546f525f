import type { Writable } from 'node:stream'
import { type Logger, pino } from 'pino'

export type Log = Logger

/** Names under which secrets travel; `Secret` hides itself under any name. */
const SECRET_NAMES = [
  'password',
  'newPassword',
  'passphrase',
  'recoveryKey',
  'secret',
  'clientSecret',
  'token',
  'challenge',
  'authorization',
  'cookie',
  'url',
]

/** What may hold a secret wherever in a text it stands, and what is left of it. */
const IN_TEXTS: readonly (readonly [found: RegExp, left: string])[] = [
  // The password in a URL, and in a connection string.
  [/(:\/\/[^\s:@/"\\]*):[^\s@"\\]+@/g, '$1:[secret]@'],
  [/\b(password\s*=\s*)('[^'"\\]*'|[^\s'"\\&]+)/gi, '$1[secret]'],
  // Keys of the API, and whatever else lets a request in.
  [/\bhfd?_[\w-]{16,}/g, '[secret]'],
  [/\b(Bearer|Basic) +[\w+/=.~-]{8,}/gi, '$1 [secret]'],
]
const withoutSecrets = (line: string): string =>
  IN_TEXTS.reduce((text, [found, left]) => text.replaceAll(found, left), line)

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
      hooks: { streamWrite: withoutSecrets },
    },
    { write },
  )
}

interface Line {
  readonly level: string
  readonly time: string
  readonly msg?: string
  /** A part of the message that somebody is to open. */
  readonly link?: string
  readonly err?: { readonly message?: string; readonly hint?: string; readonly stack?: string }
}

/**
 * `14:03:05  ready on …`; an error that was not foreseen comes with its stack. A link stands on a line of its own,
 * with nothing around it.
 */
function readable(json: string): string {
  const { level, time, msg, err, link } = JSON.parse(json) as Line
  const clock = new Date(time).toTimeString().slice(0, 8)
  const word =
    level === 'warn' ? 'warning: ' : level === 'error' || level === 'fatal' ? 'error: ' : ''
  const said = [msg, err?.message === msg ? undefined : err?.message].filter(Boolean).join(': ')
  const more = err === undefined ? undefined : (err.hint ?? err.stack)
  if (link !== undefined) {
    return `\n${clock}  ${word}${said.replace(link, 'this page')}\n\n    ${link}\n\n`
  }
  return `${clock}  ${word}${said}\n${more === undefined ? '' : `          ${more}\n`}`
}
