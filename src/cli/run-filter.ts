import { type Command, InvalidArgumentError } from 'commander'
import { RUN_KINDS, RUN_STATES, RUN_TRIGGERS } from '../core/run.ts'
import type { Context } from './context.ts'
import { parseMoment, type ServerOptions } from './server-command.ts'

export interface RunFilterOptions extends ServerOptions {
  readonly state?: string
  readonly kind?: string
  readonly trigger?: string
  readonly source?: string
  readonly repository?: string
  readonly schedule?: string
  readonly who?: string
  readonly text?: string
  readonly since?: Date
  readonly until?: Date
}

/** Adds the options by which runs are looked for, and not counted. */
export const withRunSearch = (command: Command): Command =>
  command
    .option('--who <name>', 'only those that this one asked for by hand: "user ann@example.org"')
    .option('--text <text>', 'part of a name or of why it failed, or the beginning of an id')

/** Adds the options that say which runs. */
export function withRunFilters(command: Command, { clock }: Context): Command {
  const moment = (text: string) => parseMoment(text, clock.now())
  return command
    .option('--state <states>', `one or more of ${RUN_STATES.join(', ')}`, oneOf(RUN_STATES))
    .option('--kind <kinds>', `one or more of ${RUN_KINDS.join(', ')}`, oneOf(RUN_KINDS))
    .option(
      '--trigger <triggers>',
      `one or more of ${RUN_TRIGGERS.join(', ')}`,
      oneOf(RUN_TRIGGERS),
    )
    .option('--source <name>', 'only of this source')
    .option('--repository <name>', 'only with this repository')
    .option('--schedule <id>', 'only of this schedule')
    .option(
      '--since <time>',
      'asked for since then: 2026-05-01, "2026-05-01 14:03", 24h, 7d',
      moment,
    )
    .option('--until <time>', 'asked for before then', moment)
}

export const filterQuery = (options: RunFilterOptions): Record<string, string | undefined> => ({
  state: options.state,
  kind: options.kind,
  trigger: options.trigger,
  source: options.source,
  repository: options.repository,
  schedule: options.schedule,
  who: options.who,
  text: options.text,
  since: options.since?.toISOString(),
  until: options.until?.toISOString(),
})

/** Words with commas between them, all of them known. */
const oneOf = (known: readonly string[]) => (text: string) => {
  const words = text.split(',').map(word => word.trim())
  const wrong = words.find(word => !known.includes(word))
  if (wrong === undefined) return words.join(',')
  throw new InvalidArgumentError(`${wrong} is none of ${known.join(', ')}`)
}
