import type { Command } from 'commander'
import { MOST_PREVIEWED, RetentionPreview } from '../../api/schema/retention.ts'
import { shortId } from '../../core/ids.ts'
import type { Keep } from '../../core/retention.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import type { Context } from '../context.ts'
import { KEEP_FORM, parseKeepOrNone } from '../keep-option.ts'
import { parseNumber, type ServerOptions, serverCommand } from '../server-command.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { durationText } from '../terminal/when.ts'
import { zonedText } from '../terminal/zone.ts'

interface Options extends ServerOptions {
  readonly keep?: Keep | 'none'
  readonly count: number
}

/** `holdfast schedule retention`: which backups stay, and why? */
export const scheduleRetentionCommand = (context: Context): Command =>
  serverCommand('retention', {
    summary: 'show which backups stay by its rule, and which go',
    description:
      'Shows of every backup of the source in the repository why it stays, or that it goes: by the rule of the ' +
      'schedule, or by another one that --keep tries. Changes nothing.',
    examples: [
      ['schedule retention shop', 'by the rule as it is'],
      ['schedule retention shop --keep daily=7,weekly=4', 'what would that one do?'],
    ],
    seeAlso: ['schedule edit', 'schedule show'],
  })
    .argument('<schedule>', 'its id, or its source')
    .option('--keep <rule>', `another rule: ${KEEP_FORM}; none: all`, parseKeepOrNone)
    .option('--count <number>', 'how many to show', parseNumber(1, MOST_PREVIEWED), 50)
    .action(async (schedule: string, options: Options) => {
      const { keep, count } = options
      const tried = keep === 'none' ? null : keep
      const body = { schedule, limit: count, ...(tried !== undefined && { keep: tried }) }
      const path = '/schedules/preview-retention'
      const preview = await context.server().call(RetentionPreview, 'POST', path, { body })
      context.finish({ text: lines(preview, context), json: preview }, options)
    })

type Row = RetentionPreview['backups'][number]

function lines(preview: RetentionPreview, { terminal }: Context): string[] {
  const { width, style } = terminal
  const { source, repository, words, backups, counts, bytes, longRun, warnings, others } = preview
  const table = renderTable(columns(preview.timeZone), backups, width, style)
  const more = counts.all - backups.length
  const goes = counts.goes === 0 ? 'none goes' : `${countText(counts.goes)} go`
  return [
    `backups of ${printable(source)} in ${printable(repository)}: keep ${words}`,
    ...others.map(
      one =>
        `  schedule ${shortId(one.schedule)} keeps ${one.words}${one.enabled ? '' : ' (disabled)'}`,
    ),
    '',
    ...(backups.length === 0 ? ['no backups yet'] : table),
    ...(more > 0 ? [`… and ${countText(more)} older`] : []),
    '',
    `${plural(counts.all, 'backup')}: ${countText(counts.stays)} stay (${bytesText(bytes.stays)} stored by them), ${goes} (${bytesText(bytes.goes)})`,
    ...(longRun === null
      ? []
      : [
          `in the long run about ${plural(longRun.backups, 'backup')}, the oldest ${longRun.days < 1 ? 'less than a day' : plural(Math.round(longRun.days), 'day')} old, ` +
            `with one every ${durationText(longRun.everySeconds)}`,
        ]),
    ...warnings.map(one => style.yellow(`! ${printable(one)}`)),
  ]
}

const columns = (zone: string): Column<Row>[] => [
  { title: 'ID', value: one => shortId(one.id), style: (text, _, style) => style.bold(text) },
  { title: `STARTED (${zone})`, value: one => zonedText(one.startedAt, zone) },
  { title: 'STORED', value: one => bytesText(one.storedBytes), right: true, leaveOut: 2 },
  {
    title: 'KEPT BY',
    value: one => (one.goes ? (one.marked ? 'goes, is marked' : 'goes') : one.keptBy.join(', ')),
    shrinkTo: 16,
    style: (text, one, style) => (one.goes ? style.yellow(text) : text),
  },
]
