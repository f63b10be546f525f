import { type Command, InvalidArgumentError } from 'commander'
import { type About, newCommand } from './command.ts'

export interface ServerOptions {
  readonly json?: boolean
}

/** A command that asks a server. */
export const serverCommand = (name: string, about: About): Command =>
  newCommand(name, about).option('--json', 'print one JSON document on stdout')

/** A command that is only there for its subcommands. */
export function groupCommand(name: string, about: About, commands: readonly Command[]): Command {
  const group = newCommand(name, about).helpCommand('help [command]', 'explain a command')
  for (const command of commands) group.addCommand(command)
  return group
}

/** Reads a whole number between two others. */
export const parseNumber =
  (from: number, to: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= from && value <= to) return value
    throw new InvalidArgumentError(`give a number from ${from} to ${to}`)
  }

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 7 * 86_400 }

/** Reads a moment: a day, a day and a time of this machine's zone, ISO 8601, or how long ago (`24h`, `7d`). */
export function parseMoment(text: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  if (count !== undefined)
    return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0) * 1000)
  // A date alone would be read as UTC, and people mean the day where they are.
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const time = new Date(isDay ? `${text}T00:00` : text.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T'))
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time.getTime())) return time
  throw new InvalidArgumentError(
    'write it as 2026-05-01, 2026-05-01 14:03, 2026-05-01T14:03:00Z, or as 24h or 7d for as long ago',
  )
}
