import { Table, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schedule } from '../../../../src/client/index.ts'
import { useFormat, useMessages, useSpeech } from '../../i18n/language.tsx'
import { dayOf } from '../backups/days.ts'
import classes from './week.module.css'
import { byHour, closedIn, type Day, type Fire, HOURS } from './week-days.ts'

export interface WeekProps {
  readonly days: readonly Day[]
  readonly fires: readonly Fire[]
  readonly now: number
  /** The only schedule that is looked at: when it is kept from firing is shaded. */
  readonly only: Schedule | undefined
}

/** `Mon 23 Nov` */
export function useDayName(): (day: Date) => string {
  const { language } = useSpeech()
  const format = new Intl.DateTimeFormat(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  })
  return day => format.format(day)
}

/** A week as a table: its days beside each other, its hours below each other; hours without anything are low. */
export function WeekGrid({ days, fires, now, only }: WeekProps) {
  const t = useMessages().schedules.week
  const dayName = useDayName()
  const hours = byHour(fires)
  const today = dayOf(new Date(now))
  return (
    <Table.ScrollContainer minWidth={820} type="native">
      <table className={classes.week}>
        <caption>
          <VisuallyHidden>{t.caption}</VisuallyHidden>
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <VisuallyHidden>{t.hour}</VisuallyHidden>
            </th>
            {days.map(({ name, from }) => (
              <th
                key={name}
                scope="col"
                data-today={name === today || undefined}
                aria-current={name === today ? 'date' : undefined}
              >
                {dayName(from)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {HOURS.map(hour => (
            <tr key={hour}>
              <th scope="row">{`${String(hour).padStart(2, '0')}:00`}</th>
              {days.map(day => (
                <td key={day.name} data-today={day.name === today || undefined}>
                  {only !== undefined && <Shade schedule={only} day={day} hour={hour} />}
                  <Fires fires={hours.get(`${day.name} ${hour}`)} now={now} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Table.ScrollContainer>
  )
}

interface ShadeProps {
  readonly schedule: Schedule
  readonly day: Day
  readonly hour: number
}

function Shade({ schedule, day, hour }: ShadeProps) {
  const t = useMessages().schedules.week
  return closedIn(schedule, day, hour).map(({ from, to }) => (
    <div
      key={from}
      className={classes.closed}
      title={t.closed}
      style={{ top: `${from * 100}%`, height: `${(to - from) * 100}%` }}
    />
  ))
}

/** More than these in one hour are shown when somebody asks. */
const MOST_SHOWN = 4

function Fires({ fires, now }: { readonly fires: readonly Fire[] | undefined; now: number }) {
  const t = useMessages().schedules.week
  const [isOpen, setOpen] = useState(false)
  if (fires === undefined) return null
  const isCut = !isOpen && fires.length > MOST_SHOWN + 1
  return (
    <ul className={classes.fires}>
      {(isCut ? fires.slice(0, MOST_SHOWN) : fires).map(fire => (
        <li key={`${fire.schedule} ${fire.at}`}>
          <Block fire={fire} now={now} />
        </li>
      ))}
      {isCut && (
        <li>
          <button type="button" className={classes.more} onClick={() => setOpen(true)}>
            {t.more(fires.length - MOST_SHOWN)}
          </button>
        </li>
      )}
    </ul>
  )
}

/** One firing: when, and of what. */
export function Block({ fire, now }: { readonly fire: Fire; readonly now: number }) {
  const format = useFormat()
  return (
    <Link
      to="/schedules/$schedule"
      params={{ schedule: fire.schedule }}
      className={classes.block}
      data-past={fire.at < now || undefined}
      title={fire.source}
    >
      <time dateTime={new Date(fire.at).toISOString()}>{format.clock(fire.at).slice(0, 5)}</time>{' '}
      <span>{fire.source}</span>
    </Link>
  )
}
