import type { Format } from '../../i18n/format.ts'
import { useFormat } from '../../i18n/language.tsx'
import type { Measure } from './ticks.ts'

const WRITE: Readonly<Record<Measure, (format: Format, value: number) => string>> = {
  share: (format, value) => format.percent(value, 1),
  seconds: (format, value) => format.duration(value),
  bytes: (format, value) => format.bytes(value),
  ratio: (format, value) => format.ratio(value),
  count: (format, value) => format.number(value),
}

/** How a value of a chart is written. */
export function useWrite(measure: Measure): (value: number) => string {
  const format = useFormat()
  return value => WRITE[measure](format, value)
}
