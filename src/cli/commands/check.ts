import type { Command } from 'commander'
import { shortId } from '../../core/ids.ts'
import { check } from '../../operations/check.ts'
import type { CheckReport, DamagedBackup } from '../../operations/collaborators.ts'
import { bytesText, plural } from '../../operations/words.ts'
import { type CommonOptions, openRepository, repositoryCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { DAMAGED, DONE } from '../exits.ts'
import { reporting } from '../terminal/reporter.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { timeText } from '../terminal/when.ts'

interface Options extends CommonOptions {
  readonly readData?: boolean
}

const about = {
  summary: 'is everything there and whole?',
  description:
    'Looks whether every object that the backups need is in the repository. With --read-data it reads every ' +
    'byte, too, and proves it. Nothing is changed. Damage is named by the backups and tables it hurts.',
  examples: [
    ['check', 'quick: is everything there?'],
    ['check --read-data', 'slow: is every byte what was written?'],
  ],
  exits: { 13: 'something is missing or damaged' },
  seeAlso: ['list', 'verify', 'export'],
} as const

export function checkCommand(context: Context): Command {
  return repositoryCommand('check', about)
    .option('--read-data', 'read and prove every byte')
    .action(async (options: Options) => {
      const repository = await openRepository(context, options)
      const report = await reporting(context.terminal, context.clock, progress =>
        check(repository, { readData: options.readData === true, progress }, context.signal),
      )
      const whole = report.problems.length === 0 && report.damaged.length === 0
      context.finish(
        {
          text: [
            ...(whole ? wholeLines(report) : damageLines(report, context)),
            ...noteLines(report),
          ],
          json: { repository: { id: repository.id, place: repository.place }, whole, ...report },
          exit: whole ? DONE : DAMAGED,
        },
        options,
      )
    })
}

function wholeLines({ counts, readData }: CheckReport): string[] {
  const all = [
    plural(counts.backups, 'backup'),
    plural(counts.packs, 'pack'),
    plural(counts.chunks, 'chunk'),
    bytesText(counts.bytes),
  ].join(', ')
  return readData
    ? [`${all}: everything was read and is whole`]
    : [`${all}: everything is there`, '  to read and prove every byte: holdfast check --read-data']
}

function damageLines(report: CheckReport, { terminal }: Context): string[] {
  const { style, width } = terminal
  const { problems, damaged, counts } = report
  const whole = counts.backups - damaged.filter(one => one.source !== undefined).length
  const backups =
    damaged.length === 0
      ? ['No backup is hurt by it.']
      : [
          `${plural(damaged.length, 'backup is', 'backups are')} hurt:`,
          '',
          ...renderTable(DAMAGE, damaged, width, style),
          '',
        ]
  return [
    style.red(`${plural(problems.length, 'object')} missing or damaged:`),
    '',
    ...renderTable(PROBLEMS, problems, width, style),
    '',
    ...backups,
    `${whole === 0 ? 'no backup is' : plural(whole, 'backup is', 'backups are')} whole`,
    ...ADVICE,
  ]
}

const ADVICE = [
  '',
  'The next backup builds on what is there. Move the damaged objects out of the repository first,',
  'and it stores anew what the database still holds. Keep them: hurt backups may still need them.',
]

const noteLines = ({ notes }: CheckReport): string[] =>
  notes.map(note => `note: ${printable(note)}`)

const PROBLEMS: Column<CheckReport['problems'][number]>[] = [
  { title: 'OBJECT', value: one => one.object, shrinkTo: 20 },
  { title: 'WHY', value: one => one.why, shrinkTo: 20 },
  {
    title: 'HURTS',
    value: one => one.backups.map(shortId).join(', ') || '–',
    leaveOut: 1,
    shrinkTo: 8,
  },
]

const DAMAGE: Column<DamagedBackup>[] = [
  { title: 'BACKUP', value: one => shortId(one.id) },
  { title: 'DATABASE', value: one => one.source ?? '–', shrinkTo: 10, leaveOut: 2 },
  {
    title: 'TIME',
    value: one => (one.startedAt === undefined ? '–' : timeText(new Date(one.startedAt))),
    leaveOut: 1,
  },
  { title: 'TABLES LOST', value: tablesText, shrinkTo: 16 },
]

function tablesText({ tables }: DamagedBackup): string {
  if (tables === 'all') return 'all'
  return tables.length === 0 ? 'none' : tables.join(', ')
}
