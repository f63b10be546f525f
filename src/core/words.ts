const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** `733.0 MB`: decimal units, one digit after the point, as disks are sold. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999.95 would be printed as 1000.0.
  while (value >= (unit === 0 ? 1000 : 999.95) && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${UNITS[unit]}`
}

/** `1,234,567`, the same on every machine. */
export const countText = (count: number): string => count.toLocaleString('en-US')

/** `1 row`, `2 rows`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`
