import { type Command, InvalidArgumentError } from 'commander'
import type { ScheduleChanges } from '../api/schema/schedules.ts'
import { WEEKDAYS } from '../core/presets.ts'
import type { Keep } from '../core/retention.ts'
import { Blackout } from '../core/schedule.ts'
import { parseBytes } from './command.ts'
import { KEEP_FORM, parseKeepOrNone } from './keep-option.ts'
import { parseNumber, type ServerOptions } from './server-command.ts'

/** What may be said of a schedule, as commander gives it. */
export interface SettingOptions extends ServerOptions {
  readonly cron?: string
  readonly timeZone?: string
  readonly after?: string
  readonly priority?: number
  readonly jitter?: number
  readonly blackout?: readonly Blackout[]
  readonly retry?: readonly number[]
  readonly networkRetry?: readonly number[]
  readonly maxSize?: number | 'none'
  readonly keep?: Keep | 'none'
}

const DAY_SECONDS = 86_400

/** Adds the options that say when a schedule fires and what its runs may do. */
export const withSettings = (command: Command): Command =>
  command
    .option('--cron <expression>', 'five or six fields of cron, or words: "daily at 02:30"')
    .option(
      '--time-zone <zone>',
      'whose clock it goes by: Europe/Berlin (default: of this machine)',
    )
    .option('--after <schedule>', 'instead of a time: whenever a run of that schedule completed')
    .option(
      '--priority <number>',
      'higher ones go first, from -1000 to 1000; by hand: 100',
      parseNumber(-1000, 1000),
    )
    .option(
      '--jitter <seconds>',
      'start up to this much later, by chance',
      parseNumber(0, DAY_SECONDS),
    )
    .option(
      '--blackout <window>',
      'start nothing then: "08:00-18:00" or "monday-friday 08:00-18:00"; can be given more than once; none: no window',
      collectBlackout,
    )
    .option(
      '--retry <seconds>',
      'pauses before a failed run is tried again: 30,60,120; or none',
      parseDelays,
    )
    .option(
      '--network-retry <seconds>',
      'the same after a failure of the network: 60,120,300; or none',
      parseDelays,
    )
    .option(
      '--max-size <size>',
      'fail when the dump grows past this size (10G); none: no limit',
      parseSize,
    )
    .option(
      '--keep <rule>',
      `which backups of the source in the repository stay: ${KEEP_FORM}; none: all, for ever`,
      parseKeepOrNone,
    )

/** What the options say, as the API takes it; what was left out is left out. */
export function settingsOf(options: SettingOptions): ScheduleChanges {
  const { cron, timeZone, after, priority, jitter, blackout, maxSize, keep } = options
  const hasRetry = options.retry !== undefined || options.networkRetry !== undefined
  const all = {
    cron,
    timeZone,
    after,
    priority,
    jitterSeconds: jitter,
    blackout: blackout && [...blackout],
    retry: hasRetry
      ? given({ delays: options.retry, networkDelays: options.networkRetry })
      : undefined,
    maxBytes: maxSize === 'none' ? null : maxSize,
    keep: keep === 'none' ? null : keep,
  }
  return given(all)
}

/** Without what was not given. */
const given = (all: object) =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))

const refuse = (text: string) => {
  const how =
    'write it as "08:00-18:00", "saturday,sunday 12:00-00:00" or "monday-friday 22:00-06:00"'
  return new InvalidArgumentError(`${text} is no window of time; ${how}`)
}

/** `none` takes back what stood before it. */
function collectBlackout(text: string, before: readonly Blackout[] = []): Blackout[] {
  if (text.trim() === 'none') return []
  const match = /^(?:(\S+) +)?(\d{1,2}:\d{2}) ?- ?(\d{1,2}:\d{2})$/.exec(text.trim().toLowerCase())
  const [, days, from, to] = match ?? []
  if (from === undefined || to === undefined) throw refuse(text)
  const window = { from: from.padStart(5, '0'), to: to.padStart(5, '0') }
  const parsed = Blackout.safeParse({ days: daysOf(days, text), ...window })
  if (!parsed.success) throw refuse(text)
  return [...before, parsed.data]
}

/** `monday,thursday`, `mon-fri`; nothing: every day. */
function daysOf(days: string | undefined, text: string): Blackout['days'] {
  if (days === undefined) return [...WEEKDAYS]
  return days.split(',').flatMap(part => {
    const [first, last, ...more] = part
      .split('-')
      .map(name => WEEKDAYS.findIndex(one => isDay(name, one)))
    if (first === undefined || first < 0 || more.length > 0) throw refuse(text)
    if (last === undefined) return WEEKDAYS.slice(first, first + 1)
    if (last < 0) throw refuse(text)
    // A week begins anew where it ends: friday-monday.
    return WEEKDAYS.filter((_, day) =>
      first <= last ? day >= first && day <= last : day >= first || day <= last,
    )
  })
}

const isDay = (name: string, day: string) => name.length >= 3 && day.startsWith(name)

function parseDelays(text: string): number[] {
  if (text === 'none') return []
  return text.split(',').map(parseNumber(1, DAY_SECONDS))
}

/** Not null, which commander takes for a value left out. */
const parseSize = (text: string): number | 'none' => (text === 'none' ? text : parseBytes(text))
