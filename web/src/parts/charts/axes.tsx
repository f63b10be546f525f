import { useFormat } from '../../i18n/language.tsx'
import classes from './chart.module.css'
import { type Day, timeOf } from './days.ts'
import { type Axis, dayTicks, isMonthAxis, type Measure } from './ticks.ts'
import { useWrite } from './write.ts'

interface ValueAxisProps {
  readonly axis: Axis
  readonly measure: Measure
  readonly left: number
  readonly right: number
}

export function ValueAxis({ axis, measure, left, right }: ValueAxisProps) {
  const write = useWrite(measure)
  return axis.ticks.map(tick => (
    <g key={tick}>
      <line
        className={classes.grid}
        x1={left}
        x2={right}
        y1={Math.round(axis.scale(tick)) + 0.5}
        y2={Math.round(axis.scale(tick)) + 0.5}
      />
      <text
        className={classes.tick}
        x={left - 8}
        y={axis.scale(tick)}
        textAnchor="end"
        dominantBaseline="central"
      >
        {write(tick)}
      </text>
    </g>
  ))
}

interface DayAxisProps {
  readonly days: readonly Day[]
  readonly x: (at: number) => number
  readonly y: number
  readonly width: number
}

export function DayAxis({ days, x, y, width }: DayAxisProps) {
  const format = useFormat()
  const isByMonth = isMonthAxis(days)
  return dayTicks(days, width).map(at => {
    const time = timeOf(days[at] ?? '')
    return (
      <text
        key={at}
        className={classes.tick}
        x={x(at)}
        y={y}
        textAnchor={at === days.length - 1 && !isByMonth ? 'end' : 'middle'}
      >
        {isByMonth ? format.month(time, 'UTC') : format.day(time, 'UTC')}
      </text>
    )
  })
}
