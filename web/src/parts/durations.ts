const UNITS = [
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

/** `90` seconds as `1m 30s`, as it can be typed. */
export function durationText(seconds: number): string {
  let rest = seconds
  const parts = UNITS.flatMap(([unit, length]) => {
    const count = Math.floor(rest / length)
    rest -= count * length
    return count === 0 ? [] : [`${count}${unit}`]
  })
  return parts.join(' ')
}

/** Seconds of `1m 30s`, `90s` or `5 min`; undefined where it is no duration. */
export function readDuration(text: string): number | undefined {
  const plain = text.trim().toLowerCase()
  if (!/^(\d+ *(h|m|s|min|sec) *)+$/.test(plain)) return undefined
  const lengths: Readonly<Record<string, number>> = Object.fromEntries(UNITS)
  return [...plain.matchAll(/(\d+) *([hms])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (lengths[unit] ?? 0),
    0,
  )
}

/** Seconds of `30s, 1m, 2m`; undefined where one of them is no duration. */
export function readDurations(text: string): readonly number[] | undefined {
  if (text.trim() === '') return []
  const all = text.split(/[,;]/).map(readDuration)
  return all.every(one => one !== undefined) ? all : undefined
}

export const durationsText = (seconds: readonly number[]): string =>
  seconds.map(durationText).join(', ')
