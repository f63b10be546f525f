import { Tooltip } from '@mantine/core'
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import classes from './calendar.module.css'
import { ChartFrame } from './chart-frame.tsx'
import { type Day, daysFrom, timeOf } from './days.ts'
import { ScrollBox } from './scroll-box.tsx'

export interface CalendarDay {
  readonly day: Day
  readonly completed: number
  readonly failed: number
}

interface CalendarProps {
  readonly title: string
  /** Every day of the time that is shown, the first one first. */
  readonly days: readonly CalendarDay[]
  readonly empty: string
}

const CELL = 12
const STEP = 15
const LEFT = 34
const TOP = 20
const HEIGHT = TOP + 7 * STEP
const LEVELS = 4
/** A Monday; weeks begin with one. */
const MONDAY = '1970-01-05'
const weekday = (day: Day): number => ((daysFrom(MONDAY, day) % 7) + 7) % 7

/** A year of days, each the darker the more was backed up on it; one with a failure is crossed. */
export function Calendar({ title, days, empty }: CalendarProps) {
  const t = useMessages().charts
  const format = useFormat()
  const date = (day: Day) => format.date(timeOf(day), 'UTC')
  const busy = days.filter(({ completed, failed }) => completed + failed > 0)
  const failing = days.filter(({ failed }) => failed > 0)
  const text = t.calendarText(busy.length, days.length, failing.length)
  return (
    <ChartFrame
      title={title}
      height={HEIGHT + 34}
      empty={busy.length === 0 ? empty : undefined}
      value={text}
      heads={[t.day, t.marks.completed, t.marks.failed]}
      rows={() =>
        busy
          .map(({ day, completed, failed }) => ({
            key: day,
            cells: [date(day), format.number(completed), format.number(failed)],
          }))
          .toReversed()
      }
    >
      <Weeks title={title} days={days} label={`${title}: ${text}`} />
      <Legend />
    </ChartFrame>
  )
}

interface WeeksProps {
  readonly title: string
  readonly days: readonly CalendarDay[]
  /** What one would see. */
  readonly label: string
}

function Weeks({ title, days, label }: WeeksProps) {
  const t = useMessages().charts
  const format = useFormat()
  const box = useRef<HTMLElement>(null)
  const [pointed, setPointed] = useState<CalendarDay>()
  // Where not all of it has room, today is what one sees.
  useEffect(() => {
    if (box.current !== null) box.current.scrollLeft = box.current.scrollWidth
  }, [])
  const offset = weekday(days[0]?.day ?? MONDAY)
  const weeks = Math.ceil((days.length + offset) / 7)
  const most = Math.max(1, ...days.map(({ completed }) => completed))
  const point = ({ nativeEvent: { offsetX, offsetY } }: PointerEvent) => {
    const [week, row] = [Math.floor((offsetX - LEFT) / STEP), Math.floor((offsetY - TOP) / STEP)]
    setPointed(row < 0 || row > 6 || week < 0 ? undefined : days[week * 7 + row - offset])
  }
  return (
    <Tooltip.Floating
      label={
        pointed &&
        `${format.date(timeOf(pointed.day), 'UTC')}: ${t.dayText(pointed.completed, pointed.failed)}`
      }
      disabled={pointed === undefined}
    >
      <ScrollBox ref={box} className={classes.box} label={title}>
        <svg
          width={LEFT + weeks * STEP}
          height={HEIGHT}
          role="img"
          aria-label={label}
          onPointerMove={point}
          onPointerLeave={() => setPointed(undefined)}
        >
          <Names days={days} offset={offset} />
          {days.map((one, at) => (
            <g
              key={one.day}
              transform={`translate(${LEFT + Math.floor((at + offset) / 7) * STEP} ${TOP + ((at + offset) % 7) * STEP})`}
            >
              <Cell {...one} most={most} />
            </g>
          ))}
        </svg>
      </ScrollBox>
    </Tooltip.Floating>
  )
}

function Names({
  days,
  offset,
}: {
  readonly days: readonly CalendarDay[]
  readonly offset: number
}) {
  const format = useFormat()
  const firsts = days.flatMap(({ day }, at) => (day.endsWith('-01') ? [{ day, at }] : []))
  const monday = timeOf(MONDAY)
  return (
    <>
      {firsts.map(({ day, at }) => (
        <text
          key={day}
          className={classes.name}
          x={LEFT + Math.floor((at + offset) / 7) * STEP}
          y={12}
        >
          {format.month(timeOf(day), 'UTC')}
        </text>
      ))}
      {[0, 2, 4].map(row => (
        <text key={row} className={classes.name} x={0} y={TOP + row * STEP + CELL - 2}>
          {format.weekday(monday + row * 86_400_000, 'UTC')}
        </text>
      ))}
    </>
  )
}

type CellProps = Pick<CalendarDay, 'completed' | 'failed'> & { readonly most: number }

function Cell({ completed, failed, most }: CellProps) {
  const level = completed === 0 ? 0 : Math.max(1, Math.ceil((completed / most) * LEVELS))
  return (
    <>
      <rect className={classes.cell} data-level={level} width={CELL} height={CELL} rx={3} />
      {failed > 0 && (
        <>
          {completed === 0 ? (
            <rect className={classes.failed} width={CELL} height={CELL} rx={3} />
          ) : (
            <path className={classes.failed} d={`M${CELL} 0 V${CELL} H0 Z`} />
          )}
          <path className={classes.cross} d={crossAt(completed === 0 ? 6 : 8.4, 2)} />
        </>
      )}
    </>
  )
}

const crossAt = (middle: number, arm: number): string =>
  `M${middle - arm} ${middle - arm} l${2 * arm} ${2 * arm} m0 ${-2 * arm} l${-2 * arm} ${2 * arm}`

function Legend() {
  const t = useMessages().charts
  return (
    <div className={classes.legend} aria-hidden="true">
      <span>{t.less}</span>
      <svg width={LEVELS * STEP + STEP} height={CELL} aria-hidden="true">
        {Array.from({ length: LEVELS + 1 }, (_, level) => (
          <rect
            key={level}
            className={classes.cell}
            data-level={level}
            x={level * STEP}
            width={CELL}
            height={CELL}
            rx={3}
          />
        ))}
      </svg>
      <span>{t.moreWord}</span>
      <svg width={CELL} height={CELL} aria-hidden="true">
        <Cell completed={0} failed={1} most={1} />
      </svg>
      <span>{t.marks.failed}</span>
    </div>
  )
}
