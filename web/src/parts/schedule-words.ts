import type { Schedule } from '../../../src/client/index.ts'
import { useFormat, useMessages, useSpeech } from '../i18n/language.tsx'
import { readClock, WEEKDAYS, type Weekday } from './schedule-clock.ts'

/** What of a schedule says when it fires. */
export type Timed = Pick<Schedule, 'cron' | 'words' | 'timeZone' | 'jitterSeconds' | 'blackout'>
type Keep = Schedule['keep']

const capital = (text: string): string => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`

/** Says when a schedule fires: in the server's words, or in those of another language. */
export function useScheduleWords(): (schedule: Timed, after?: string) => string {
  const t = useMessages().schedules
  const format = useFormat()
  return ({ cron, words, timeZone, jitterSeconds, blackout }, after) => {
    if (cron === null) return after === undefined ? t.afterAnother : t.afterOne(after)
    const say = t.spoken
    if (say === undefined) return capital(words)
    const clock = readClock(cron)
    const days = (names: readonly Weekday[]) =>
      names.map(name => t.weekdays[WEEKDAYS.indexOf(name)] ?? name)
    const when =
      clock === undefined
        ? say.cron(cron)
        : say[clock.rhythm]({ ...clock, weekdays: days(clock.weekdays) })
    return [
      say.inZone(when, timeZone),
      ...(jitterSeconds > 0 ? [say.jitter(format.duration(jitterSeconds))] : []),
      ...blackout.map(one =>
        say.blackout(one.days.length === 7 ? say.anyDay : days(one.days).join(', '), one),
      ),
    ].join(', ')
  }
}

const TIERS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const

/** Says which backups a rule keeps. */
export function useKeepWords(): (keep: Keep) => string {
  const t = useMessages().schedules.keep
  const format = useFormat()
  return keep => {
    if (keep === null) return t.all
    const { last, within } = keep
    return format.list([
      ...(last === undefined ? [] : [t.said.last(last)]),
      ...TIERS.flatMap(tier => {
        const count = keep[tier]
        return count === undefined ? [] : [t.said[tier](count)]
      }),
      ...(within === undefined ? [] : [t.said.within(within)]),
    ])
  }
}

/** The reasons and warnings of the server, in the language that is spoken; as they are, where it has no words for them. */
export function useSaid(): (text: string) => string {
  const { messages } = useSpeech()
  return text => {
    for (const [form, say] of messages.schedules.said) {
      const match = form.exec(text)
      if (match !== null) return say(...match.slice(1))
    }
    return text
  }
}
