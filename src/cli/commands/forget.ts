import type { Command } from 'commander'
import { WrongUse } from '../../core/faults.ts'
import { shortId } from '../../core/ids.ts'
import { requireTimeZone } from '../../core/recurrence.ts'
import { type Keep, keepWords } from '../../core/retention.ts'
import { findBackup } from '../../operations/find.ts'
import { forget, forgetGoing, type JudgedBackup, judgeBackups } from '../../operations/forget.ts'
import { listBackups } from '../../operations/list.ts'
import { bytesText, countText, plural } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { backupDocument } from '../documents.ts'
import { KEEP_FORM, parseKeep } from '../keep-option.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { timeText } from '../terminal/when.ts'
import { ownZone } from '../terminal/zone.ts'

interface Options extends CommonOptions {
  readonly force?: boolean
  readonly keep?: Keep
  readonly of?: string
  readonly timeZone?: string
  readonly dryRun?: boolean
}

const about = {
  summary: 'remove a backup, or all that a rule does not keep',
  description:
    'Removes one backup from the repository, for good. The last backup of a database goes only with --force. ' +
    'With --keep, removes all that a rule does not keep of each database; the newest one of each stays. Pins and ' +
    'proofs are known to a server only: where one works with the repository, give the rule to its schedule instead. ' +
    'The other backups stay whole: what they share with it stays where it is.',
  examples: [
    ['forget 4f2a91c0', 'a backup that is not needed any more'],
    ['forget 4f2a91c0 --force', 'even if it is the only one of its database'],
    ['forget --keep daily=7,weekly=4 --dry-run', 'which ones would stay, and why'],
  ],
  exits: { 1: 'failed, or it is the last backup of its database', 14: 'no such backup' },
  seeAlso: ['list', 'check'],
} as const

export function forgetCommand(context: Context): Command {
  return repositoryCommand('forget', about)
    .argument('[backup]', 'an id, or the beginning of one')
    .option('--force', 'even the last backup of its database')
    .option('--keep <rule>', `instead of one: all but ${KEEP_FORM}`, parseKeep)
    .option('--of <database>', 'with --keep: only backups of this database')
    .option('--time-zone <zone>', 'with --keep: whose days these are (default: of this machine)')
    .option('--dry-run', 'with --keep: only show what would go')
    .action(async (name: string | undefined, options: Options) => {
      const { keep } = options
      refuseMixture(name, options)
      if (keep !== undefined) await forgetByRule(context, keep, options)
      else if (name !== undefined) await forgetOne(context, name, options)
    })
}

function refuseMixture(name: string | undefined, { keep, of, timeZone, dryRun, force }: Options) {
  const hint = 'see `holdfast forget --help`'
  if ((name === undefined) === (keep === undefined)) {
    throw new WrongUse({ why: 'name either a backup, or with --keep what stays', hint })
  }
  if (keep === undefined && (of ?? timeZone ?? dryRun) !== undefined) {
    throw new WrongUse({ why: '--of, --time-zone and --dry-run go with --keep', hint })
  }
  if (keep !== undefined && force === true) {
    throw new WrongUse({ why: 'no rule removes the last backup of a database', hint })
  }
}

async function forgetOne(context: Context, name: string, options: Options): Promise<void> {
  const repository = await openRepository(context, options)
  const manifest = await findBackup(repository, name, context.signal)
  await forget(repository, manifest, { force: options.force === true }, context.signal)
  const made = timeText(new Date(manifest.startedAt))
  context.finish(
    {
      text: [
        `backup ${shortId(manifest.id)} of ${printable(manifest.source.name)} from ${made} is forgotten`,
      ],
      json: { forgotten: backupDocument(manifest) },
    },
    options,
  )
}

async function forgetByRule(context: Context, keep: Keep, options: Options): Promise<void> {
  const { timeZone = ownZone(), dryRun = false } = options
  requireTimeZone(timeZone)
  const repository = await openRepository(context, options)
  const { manifests } = await listBackups(repository, options.of, context.signal)
  const judged = judgeBackups(manifests, { keep, timeZone }, context.clock.now())
  const going = judged.filter(one => one.keptBy.length === 0)
  if (!dryRun) await forgetGoing(repository, judged, context.signal)
  const json = {
    dryRun,
    keep,
    timeZone,
    kept: judged.filter(one => one.keptBy.length > 0).map(ruledDocument),
    forgotten: going.map(ruledDocument),
  }
  context.finish({ text: ruledLines(judged, keep, dryRun, context), json }, options)
}

const ruledDocument = ({ manifest, keptBy }: JudgedBackup) =>
  Object.assign(backupDocument(manifest), { keptBy })

function ruledLines(
  judged: readonly JudgedBackup[],
  keep: Keep,
  dryRun: boolean,
  { terminal: { width, style } }: Context,
): string[] {
  const going = judged.filter(one => one.keptBy.length === 0)
  const bytes = going.reduce((sum, { manifest }) => sum + manifest.stored.bytes, 0)
  const verb = dryRun ? 'would be forgotten' : going.length === 1 ? 'is forgotten' : 'are forgotten'
  return [
    ...renderTable(COLUMNS, judged, width, style),
    '',
    `keep ${keepWords(keep)}: ${plural(going.length, 'backup')} of ${countText(judged.length)} ${verb}`,
    ...(going.length === 0
      ? []
      : [
          `the ${bytesText(bytes)} that they had added stay in the repository: this version cannot prune it yet`,
        ]),
  ]
}

const COLUMNS: Column<JudgedBackup>[] = [
  { title: 'ID', value: one => shortId(one.id), style: (text, _, style) => style.bold(text) },
  { title: 'DATABASE', value: one => one.label, shrinkTo: 12 },
  { title: 'TIME', value: one => timeText(one.startedAt) },
  {
    title: 'KEPT BY',
    value: one => (one.keptBy.length === 0 ? 'goes' : one.keptBy.join(', ')),
    shrinkTo: 12,
    style: (text, one, style) => (one.keptBy.length === 0 ? style.yellow(text) : text),
  },
]
