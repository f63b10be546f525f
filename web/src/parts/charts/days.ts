/** A day as the API names it: `2026-03-29`. It has no zone; its midnight in UTC stands for it. */
export type Day = string

const DAY_MS = 86_400_000

export const timeOf = (day: Day): number => Date.parse(`${day}T00:00:00Z`)
const dayAt = (time: number): Day => new Date(time).toISOString().slice(0, 10)
export const dayAfter = (day: Day, count: number): Day => dayAt(timeOf(day) + count * DAY_MS)
/** How many days after another one it is. */
export const daysFrom = (first: Day, day: Day): number =>
  Math.round((timeOf(day) - timeOf(first)) / DAY_MS)

/** The newest days by the reader's own calendar, today last. */
export function lastDays(count: number, now = new Date()): readonly Day[] {
  const today = dayAt(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()))
  return Array.from({ length: count }, (_, at) => dayAfter(today, at - count + 1))
}

/** Every one of these days, with what is told of it; what is not told is `undefined`. */
export function everyDay<Told extends { readonly day: Day }>(
  days: readonly Day[],
  told: readonly Told[],
): readonly { readonly day: Day; readonly told: Told | undefined }[] {
  const byDay = new Map(told.map(one => [one.day, one]))
  return days.map(day => ({ day, told: byDay.get(day) }))
}
