import { bytesText } from '../src/operations/words.ts'
import type { Sample } from './results.ts'

/** Stands in a table where there is no figure. */
export const NONE = '–'

/** What was measured, when it was. */
type Maybe = readonly Sample[] | undefined

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]]
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing')
  return (low + high) / 2
}

/** The median of the ratios within each run: what slows a whole run down does not count. */
export function medianRatio(
  samples: Maybe,
  base: Maybe,
  of: (sample: Sample) => number = sample => sample.seconds,
): number | undefined {
  if (samples === undefined || base === undefined) return undefined
  const ratios = samples.flatMap((sample, run) => {
    const other = base[run]
    return other === undefined ? [] : [of(sample) / of(other)]
  })
  return median(ratios)
}

export const bytesOf = (sample: Sample): number => sample.bytes ?? 0

/** The most memory that a program had in any run. */
export function highestPeak(samples: Maybe, program: string): number | undefined {
  const peaks = samples?.map(sample => sample.peaks?.[program]).filter(one => one !== undefined)
  return peaks === undefined || peaks.length === 0 ? undefined : Math.max(...peaks)
}

/** `4.92 s (4.85–5.10)` */
export function seconds(samples: Maybe): string {
  if (samples === undefined) return NONE
  const all = samples.map(one => one.seconds)
  const text = (value: number) => value.toFixed(value < 10 ? 2 : 1)
  const spread = all.length === 1 ? '' : ` (${text(Math.min(...all))}–${text(Math.max(...all))})`
  return `${text(median(all))} s${spread}`
}

/** `12.3 ms`: the longest of all runs. */
export const milliseconds = (samples: Maybe): string =>
  samples === undefined
    ? NONE
    : `${(Math.max(...samples.map(one => one.seconds)) * 1000).toFixed(1)} ms`

export const ratio = (samples: Maybe, base: Maybe): string =>
  medianRatio(samples, base)?.toFixed(2) ?? NONE

export const size = (samples: Maybe): string =>
  samples === undefined ? NONE : bytesText(median(samples.map(bytesOf)))

export function peak(samples: Maybe, program: string): string {
  const highest = highestPeak(samples, program)
  return highest === undefined ? NONE : bytesText(highest)
}

export const rate = (samples: readonly Sample[]): string =>
  `${bytesText(median(samples.map(one => bytesOf(one) / one.seconds)))}/s`

/** A table of Markdown; columns after the first are set to the right, and what a row lacks is marked. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${titles.map((_, column) => cells[column] ?? NONE).join(' | ')} |`
  const rule = titles.map((_, column) => (column === 0 ? '---' : '--:'))
  return [line(titles), line(rule), ...rows.map(line)].join('\n')
}
