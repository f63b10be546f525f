const two = (number: number) => String(number).padStart(2, '0')

/** `2026-05-01 14:03`, in the local time zone. */
export function timeText(time: Date): string {
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`
}

const STEPS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** `3 hours ago`; whole units, rounded down, as people count. */
export function agoText(time: Date, now: Date): string {
  const seconds = (now.getTime() - time.getTime()) / 1000
  for (const [unit, length] of STEPS) {
    const count = Math.floor(Math.abs(seconds) / length)
    if (count === 0) continue
    const units = `${count} ${unit}${count === 1 ? '' : 's'}`
    return seconds > 0 ? `${units} ago` : `in ${units}`
  }
  return 'just now'
}

/** `0.8 s`, `42 s`, `3 min 20 s`, `2 h 05 min`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}
