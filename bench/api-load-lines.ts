import { countText } from '../src/operations/words.ts'
import { loadName } from './api-load.ts'
import { KINDS, type Kind, MIX } from './api-mix.ts'
import { milliseconds, NONE, ratio, seconds, table } from './figures.ts'
import type { Samples } from './results.ts'

const SHARES = ['p50', 'p95', 'p99', 'max'] as const

/** What became of many requests a second while a backup streamed. */
export function loadLines(samples: Samples): string[] {
  const sum = (name: string) => samples[name]?.reduce((all, { count = 0 }) => all + count, 0)
  const timesOf = (kind: Kind | 'all') =>
    SHARES.map(share => milliseconds(samples[loadName(kind, share)]))
  const rows = [...KINDS, 'all' as const].map(kind =>
    [
      kind === 'all' ? 'all' : `${kind} (${MIX[kind].share} %)`,
      counted(sum(loadName(kind, 'asked'))),
      counted(sum(loadName(kind, 'failed'))),
    ].concat(timesOf(kind)),
  )
  const [alone, loaded] = [samples['backup alone'], samples.backup]
  const [asked] = samples[loadName('all', 'asked')] ?? []
  const rate = asked?.count === undefined ? NONE : (asked.count / asked.seconds).toFixed(0)
  return [
    table(['what is asked for', 'asked', 'failed', ...SHARES], rows),
    table(
      ['what', 'measured'],
      [
        ['requests a second', rate],
        ['event loop delay of the server, p99', milliseconds(samples['event loop p99'])],
        ['the longest delay', milliseconds(samples['event loop max'])],
        ['a first backup, when nobody asks', seconds(alone)],
        ['beside the requests', seconds(loaded)],
        ['times as long', ratio(loaded, alone)],
      ],
    ),
    'Requests are sent at a fixed rate, whatever their answers take, by a process of its own on the same machine, and timed ' +
      'from the moment in which they were due. All the while the server backs up a database of the scale below into a ' +
      'repository on the local disk: first into an empty one, then again. Whoever asks for the same at the same time ' +
      'shares an answer. The catalog waits for the disk with each change.',
  ]
}

const counted = (count: number | undefined) => (count === undefined ? NONE : countText(count))
