import { nice, ticks } from 'd3-array'
import { type Day, timeOf } from './days.ts'

/** What is measured decides where an axis has its marks. */
export type Measure = 'share' | 'seconds' | 'bytes' | 'ratio' | 'count'

export interface Axis {
  /** How far below the upper edge a value stands, in pixels. */
  readonly scale: (value: number) => number
  readonly ticks: readonly number[]
}

const MINUTE = 60
const HOUR = 60 * MINUTE
/** Round numbers of time. */
const TIME_STEPS = [
  0.1,
  0.2,
  0.5,
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
]
const WANTED_TICKS = 3

/** An axis from zero up to a round number above all values. */
export function valueAxis(values: readonly number[], measure: Measure, height: number): Axis {
  const most = Math.max(0, ...values)
  if (measure === 'share') return axis(1, [0, 0.5, 1], height)
  if (measure === 'seconds') {
    const step =
      TIME_STEPS.find(one => most / one <= WANTED_TICKS) ??
      Math.ceil(most / WANTED_TICKS / (24 * HOUR)) * 24 * HOUR
    const count = Math.max(1, Math.ceil(most / step))
    return axis(
      count * step,
      Array.from({ length: count + 1 }, (_, at) => at * step),
      height,
    )
  }
  const least = measure === 'count' ? WANTED_TICKS : measure === 'ratio' ? 1 : 1000
  const [, top] = nice(0, Math.max(most, least), WANTED_TICKS)
  return axis(top, ticks(0, top, WANTED_TICKS), height)
}

const axis = (top: number, ticks: readonly number[], height: number): Axis => ({
  scale: value => height * (1 - value / top),
  ticks,
})

/** Which of these days are named below a chart: firsts of months, or every so many, as there is room. */
export function dayTicks(days: readonly Day[], width: number, room = 76): readonly number[] {
  const most = Math.max(1, Math.floor(width / room))
  if (days.length > 120) {
    const firsts = days.flatMap((day, at) => (day.endsWith('-01') ? [at] : []))
    const each = Math.ceil(firsts.length / most)
    return firsts.filter((_, at) => at % each === 0)
  }
  const each = [1, 2, 7, 14, 28].find(one => days.length / one <= most) ?? 56
  const last = days.length - 1
  // Counted from today, which is what one reads first.
  return days.flatMap((_, at) => ((last - at) % each === 0 ? [at] : []))
}

export const isMonthAxis = (days: readonly Day[]): boolean => days.length > 120
export const timeOfTick = (day: Day | undefined): number => timeOf(day ?? '1970-01-01')
