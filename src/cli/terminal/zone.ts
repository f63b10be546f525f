/** What the runtime still calls by the names of long ago. */
const RENAMED: Readonly<Record<string, string>> = {
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
}

/** The zone of whoever reads. */
export function ownZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return RENAMED[timeZone] ?? timeZone
}

/** `Sun 2026-03-29 03:00 UTC+2`: with its offset, because clocks are put forward and back. */
export function zonedText(time: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  })
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  const seconds = part('second') === '00' ? '' : `:${part('second')}`
  const day = `${part('weekday')} ${part('year')}-${part('month')}-${part('day')}`
  const offset = part('timeZoneName')
  const zone = offset === 'GMT' || offset === 'GMT+0' ? 'UTC' : offset.replace('GMT', 'UTC')
  return `${day} ${part('hour')}:${part('minute')}${seconds} ${zone}`
}
