import type { Standing } from '../../operations/progress.ts'
import { bytesText } from '../../operations/words.ts'
import type { Style } from './style.ts'
import { cut, printable, widthOf } from './text.ts'
import { durationText } from './when.ts'

const WIDEST_BAR = 30
const NARROWEST_BAR = 8
/** The most that facts take (`99 %  999.9 MB of 999.9 MB  999.9 MB/s  59 min 59 s left`): the bar keeps its width. */
const FACTS_WIDTH = 57
/** That of the longest, so that nothing jumps from stage to stage. */
const STAGE_WIDTH = 'preparing'.length

/** The lines that show where an operation stands, none wider than `width`. */
export function standingLines(standing: Standing, width: number, style: Style): string[] {
  const stage = standing.stage.padEnd(STAGE_WIDTH)
  const room = width - widthOf(stage) - 2
  const facts = factsFor(standing, room)
  const text = facts.join('  ')
  const bar = barFor(standing, room - FACTS_WIDTH, style)
  const first = [style.bold(stage), bar, text].filter(part => part !== '').join('  ')
  if (standing.item === undefined) return [first]
  const indent = ' '.repeat(STAGE_WIDTH + 2)
  const item = cut(printable(standing.item), width - indent.length)
  return [first, indent + style.dim(item)]
}

/** The same in one line of words, for logs. */
export function standingSentence(standing: Standing): string {
  const facts = factsFor(standing, Number.POSITIVE_INFINITY).map(fact => fact.trim())
  if (standing.item !== undefined) facts.push(printable(standing.item))
  return facts.length === 0 ? standing.stage : `${standing.stage}: ${facts.join(', ')}`
}

/** What is known, the most telling first left and the least telling first left out. */
function factsFor(standing: Standing, room: number): string[] {
  const { bytes, total, rate, secondsLeft, seconds } = standing
  const percent = percentOf(standing)
  const bytesSoFar = bytes === undefined ? '' : bytesText(bytes)
  const facts = [
    { text: percent === undefined ? '' : `${String(percent).padStart(3)} %`, rank: 1 },
    { text: total === undefined ? bytesSoFar : `${bytesSoFar} of ${bytesText(total)}`, rank: 3 },
    { text: rate === undefined ? '' : `${bytesText(rate)}/s`, rank: 4 },
    {
      text: secondsLeft === undefined ? durationText(seconds) : `${durationText(secondsLeft)} left`,
      rank: 2,
    },
  ].filter(one => one.text !== '')
  for (let most = 4; most > 1; most--) {
    const kept = facts.filter(one => one.rank <= most).map(one => one.text)
    if (widthOf(kept.join('  ')) <= room) return kept
  }
  return facts.filter(one => one.rank === 1).map(one => one.text)
}

/** 100 % is for what is done, and this is not. */
function percentOf({ bytes, total }: Standing): number | undefined {
  if (bytes === undefined || total === undefined || total === 0) return undefined
  return Math.min(99, Math.floor((bytes / total) * 100))
}

function barFor(standing: Standing, room: number, style: Style): string {
  const percent = percentOf(standing)
  const width = Math.min(WIDEST_BAR, room)
  if (percent === undefined || width < NARROWEST_BAR) return ''
  const done = Math.floor((percent * width) / 100)
  return style.green('█'.repeat(done)) + style.dim('░'.repeat(width - done))
}
