/** `2026-11-22`, as fields for days have it, in the zone of the browser. */
export const dayOf = (time: Date): string =>
  [time.getFullYear(), time.getMonth() + 1, time.getDate()]
    .map(number => String(number).padStart(2, '0'))
    .join('-')

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** The moment at which a day begins, or so many days later; a text that is no day is a moment itself. */
export function beginOf(text: string | undefined, later = 0): string | undefined {
  if (text === undefined) return undefined
  const [, year, month, day] = DAY.exec(text) ?? []
  const time =
    day === undefined
      ? new Date(text)
      : new Date(Number(year), Number(month) - 1, Number(day) + later)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** The day of what stands in an address. */
export function dayIn(text: string | undefined): string {
  if (text === undefined || DAY.test(text)) return text ?? ''
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? '' : dayOf(time)
}

/** Things in a row by the days of their times, in the order in which they come. */
export function byDay<T>(
  things: readonly T[],
  timeOf: (thing: T) => string,
): readonly { readonly day: string; readonly things: readonly T[] }[] {
  const days = new Map<string, T[]>()
  for (const thing of things) {
    const day = dayOf(new Date(timeOf(thing)))
    const those = days.get(day) ?? []
    days.set(day, those)
    those.push(thing)
  }
  return [...days].map(([day, those]) => ({ day, things: those }))
}
