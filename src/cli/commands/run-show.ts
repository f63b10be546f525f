import type { Command } from 'commander'
import { type Attempt, type Run, RunDetails, type RunEvent, RunLog } from '../../api/schema/runs.ts'
import { bytesText, plural } from '../../operations/words.ts'
import { segment } from '../client.ts'
import type { Context } from '../context.ts'
import { runName } from '../run-text.ts'
import { endOf, waitForRun } from '../run-wait.ts'
import { type ServerOptions, serverCommand } from '../server-command.ts'
import { runLines } from '../terminal/run-watch.ts'
import type { Style } from '../terminal/style.ts'
import { type Column, renderTable } from '../terminal/table.ts'
import { printable } from '../terminal/text.ts'
import { durationText, timeText } from '../terminal/when.ts'
import { ownZone, zonedText } from '../terminal/zone.ts'

interface Options extends ServerOptions {
  readonly follow?: boolean
}

/** Progress on a wider line is harder to read. */
const WIDEST = 100

/** Longer logs than this are read through the API. */
const MOST_PAGES = 20

/** `holdfast run show`: one run with its attempts and its log. */
export const runShowCommand = (context: Context): Command =>
  serverCommand('show', {
    summary: 'show one run with its attempts and its log',
    description:
      'Shows everything that is on the record of a run. With --follow it waits for its end, as `run` does.',
    examples: [
      ['run show 4f2a91c0', 'what happened?'],
      ['run show 4f2a91c0 --follow', 'see it again after Ctrl-C'],
    ],
    exits: { 1: 'failed; with --follow: the run failed' },
    seeAlso: ['runs', 'cancel'],
  })
    .argument('<run>', 'its id, or the beginning of it')
    .option('-f, --follow', 'wait for its end')
    .action(async (name: string, options: Options) => {
      const server = context.server()
      const { run, attempts } = await server.call(RunDetails, 'GET', `/runs/${segment(name)}`)
      if (options.follow) return await waitForRun(context, run, options)
      const events = await logOf(context, run.id)
      context.finish(
        { text: lines(run, attempts, events, context), json: { run, attempts, events } },
        options,
      )
    })

async function logOf(context: Context, id: string): Promise<RunEvent[]> {
  const all: RunEvent[] = []
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { after: all.at(-1)?.id ?? 0 }
    const { events } = await context.server().call(RunLog, 'GET', `/runs/${id}/log`, { query })
    if (events.length === 0) break
    all.push(...events)
  }
  return all
}

function lines(
  run: Run,
  attempts: readonly Attempt[],
  events: readonly RunEvent[],
  context: Context,
): string[] {
  const { style, width } = context.terminal
  const isOver = run.finishedAt !== null
  return [
    ...(isOver
      ? endOf(run, context).text.filter(line => !line.startsWith('  log '))
      : [
          `${runName(run)}:`,
          ...runLines(run, context.clock.now(), Math.min(width, WIDEST) - 2, style).map(
            line => `  ${line}`,
          ),
        ]),
    ...run.warnings.map(text => `  ${style.yellow('warning')} ${printable(text)}`),
    ...facts(run).map(([name, value]) => `  ${name.padEnd(7)} ${printable(value)}`),
    ...(attempts.length < 2 ? [] : ['', ...renderTable(ATTEMPTS, attempts, width, style)]),
    '',
    ...(events.length === 0 ? ['no log yet'] : events.map(event => logLine(event, style))),
  ]
}

function facts(run: Run): [string, string][] {
  const target = run.request.target
  const slots = run.missedSlots.length + run.missedMore
  const stands = slots === 0 ? '' : `, and for ${plural(slots, 'slot')} before it`
  return [
    ['id', run.id],
    ['by', `${run.triggeredBy} (${run.trigger})`],
    ...(run.slot === null
      ? []
      : [['slot', zonedText(run.slot, ownZone()) + stands] satisfies [string, string]]),
    ['repo', run.repository],
    ...(typeof target === 'string' ? [['target', target] satisfies [string, string]] : []),
    ['queued', timeText(run.queuedAt)],
  ]
}

const ATTEMPTS: Column<Attempt>[] = [
  { title: 'ATTEMPT', value: one => String(one.attempt), right: true },
  { title: 'ON', value: one => one.host, shrinkTo: 8, leaveOut: 1 },
  { title: 'STARTED', value: one => timeText(one.startedAt) },
  {
    title: 'TOOK',
    value: one =>
      one.finishedAt === null
        ? '–'
        : durationText((one.finishedAt.getTime() - one.startedAt.getTime()) / 1000),
    right: true,
  },
  {
    title: 'BYTES',
    value: one => (one.bytes === null ? '–' : bytesText(one.bytes)),
    right: true,
    leaveOut: 2,
  },
  { title: 'ENDED', value: one => one.outcome ?? 'at work' },
  { title: 'WHY', value: one => one.failure?.message ?? '', shrinkTo: 12, leaveOut: 3 },
]

function logLine({ at, kind, message }: RunEvent, style: Style): string {
  const time = `${timeText(at)}:${String(at.getSeconds()).padStart(2, '0')}`
  const text = printable(message)
  const shown = kind === 'error' ? style.red(text) : kind === 'warning' ? style.yellow(text) : text
  return `${style.dim(time)}  ${kind.padEnd(7)}  ${shown}`
}
