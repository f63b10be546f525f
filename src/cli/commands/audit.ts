import type { Command } from 'commander'
import { type AuditEntry, AuditLog, MOST_ENTRIES } from '../../api/schema/audit.ts'
import { shortId } from '../../core/ids.ts'
import type { Context } from '../context.ts'
import { parseMoment, parseNumber, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { timeText } from '../terminal/when.ts'

interface Options extends ServerOptions {
  readonly since?: Date
  readonly until?: Date
  readonly actor?: string
  readonly object?: string
  readonly limit: number
  readonly after?: number
}

const FEW = 20

/** `holdfast audit`: who did what. */
export function auditCommand(context: Context): Command {
  const moment = (text: string) => parseMoment(text, context.clock.now())
  return serverCommand('audit', {
    summary: 'who did what, and what was refused',
    description:
      'Lists every change that somebody made or was refused, newest first. It is kept for ever, and nobody can ' +
      'change it.',
    examples: [
      ['audit', 'the newest entries'],
      ['audit --since 7d --actor "api key deploy"', 'what did that key do this week?'],
      ['audit --object shop', 'what became of the source, of whatever is called so?'],
      ['audit --limit 200 --after 1024', 'the page after that entry'],
    ],
    seeAlso: ['runs', 'run show', 'api-key list'],
  })
    .option('--since <time>', 'written since then: 2026-05-01, "2026-05-01 14:03", 24h, 7d', moment)
    .option('--until <time>', 'written before then', moment)
    .option('--actor <actor>', 'only by this one, as the list shows it')
    .option('--object <object>', 'only of this: its name, its id, or a kind such as schedule')
    .option('--limit <count>', 'how many at most', parseNumber(1, MOST_ENTRIES), FEW)
    .option(
      '--after <number>',
      'go on after this entry: the last one of the page before',
      parseNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .action(async (options: Options) => {
      const { since, until, actor, object, limit, after } = options
      const query = {
        since: since?.toISOString(),
        until: until?.toISOString(),
        actor,
        object,
        limit,
        after,
      }
      const log = await context.server().call(AuditLog, 'GET', '/audit', { query })
      context.finish({ text: lines(log, context), json: log }, options)
    })
}

function lines({ entries, next }: AuditLog, { terminal }: Context): string[] {
  if (entries.length === 0) return ['no entries']
  return [
    ...renderTable(COLUMNS, entries, terminal.width, terminal.style),
    ...(next === null ? [] : ['', `there are more: --after ${next}`]),
  ]
}

const COLUMNS: Column<AuditEntry>[] = [
  { title: 'ENTRY', value: one => String(one.id), right: true, leaveOut: 1 },
  { title: 'TIME', value: one => timeText(one.at) },
  { title: 'ACTION', value: one => one.action },
  { title: 'OF', value: objectText, shrinkTo: 10, readable: 12 },
  { title: 'BY', value: one => one.actor, shrinkTo: 10, readable: 12 },
  {
    title: 'RESULT',
    value: resultText,
    shrinkTo: 8,
    readable: 12,
    style: (text, one, style) => (one.result === 'done' ? text : style.yellow(text)),
  },
]

function resultText({ result, details: { code } }: AuditEntry): string {
  return typeof code === 'string' ? `${result}: ${code}` : result
}

function objectText({ objectName, objectId }: AuditEntry): string {
  if (objectName !== null) return objectName
  return objectId === null ? '–' : shortId(objectId)
}
