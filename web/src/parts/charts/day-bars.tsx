import { useElementSize } from '@mantine/hooks'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { DayAxis, ValueAxis } from './axes.tsx'
import classes from './chart.module.css'
import { ChartFrame } from './chart-frame.tsx'
import { type Day, timeOf } from './days.ts'
import { usePointing } from './pointing.ts'
import { type Axis, type Measure, valueAxis } from './ticks.ts'
import { useWrite } from './write.ts'

export interface DayBar {
  readonly day: Day
  readonly value: number
  /** What failed, which stands on top with a cross. */
  readonly bad?: number
}

interface DayBarsProps {
  readonly title: string
  readonly measure: Measure
  readonly bars: readonly DayBar[]
  /** What the two parts are called. */
  readonly names: { readonly value: string; readonly bad?: string }
  readonly empty: string
  readonly height?: number
}

const LEFT = 54
const RIGHT = 4
const TOP = 12
const BOTTOM = 22
const WIDEST = 26

/** A bar for each day. */
export function DayBars({ title, measure, bars, names, empty, height = 168 }: DayBarsProps) {
  const t = useMessages().charts
  const format = useFormat()
  const write = useWrite(measure)
  const { ref, width } = useElementSize<HTMLDivElement>()
  const total = ({ value, bad = 0 }: DayBar) => value + bad
  const isEmpty = bars.every(bar => total(bar) === 0)
  const step = Math.max(1, width - LEFT - RIGHT) / Math.max(1, bars.length)
  const { at, handlers } = usePointing(
    bars.map((_, index) => index),
    left => Math.floor((left - LEFT) / step),
  )
  const shown = bars[at ?? bars.length - 1]
  const day = (one: Day) => format.date(timeOf(one), 'UTC')
  const words = ({ value, bad }: DayBar) =>
    names.bad === undefined || bad === undefined
      ? write(value)
      : `${names.value}: ${write(value)}, ${names.bad}: ${write(bad)}`
  return (
    <ChartFrame
      title={title}
      height={height}
      empty={isEmpty ? empty : undefined}
      value={
        shown && (
          <>
            <b>{words(shown)}</b> · {day(shown.day)}
          </>
        )
      }
      heads={[t.day, names.value, ...(names.bad === undefined ? [] : [names.bad])]}
      rows={() =>
        bars
          .map(bar => ({
            key: bar.day,
            cells: [
              day(bar.day),
              write(bar.value),
              ...(names.bad === undefined ? [] : [write(bar.bad ?? 0)]),
            ],
          }))
          .toReversed()
      }
    >
      <div
        ref={ref}
        className={classes.plot}
        role="slider"
        tabIndex={0}
        aria-label={t.values(title)}
        aria-valuemin={0}
        aria-valuemax={bars.length - 1}
        aria-valuenow={at ?? bars.length - 1}
        aria-valuetext={shown && `${day(shown.day)}: ${words(shown)}`}
        {...handlers}
      >
        {width > 0 && (
          <Bars bars={bars} measure={measure} width={width} height={height} step={step} at={at} />
        )}
      </div>
    </ChartFrame>
  )
}

interface BarsProps extends Pick<DayBarsProps, 'bars' | 'measure'> {
  readonly width: number
  readonly height: number
  readonly step: number
  readonly at: number | undefined
}

function Bars({ bars, measure, width, height, step, at }: BarsProps) {
  const inner = height - TOP - BOTTOM
  const axis = valueAxis(
    bars.map(({ value, bad = 0 }) => value + bad),
    measure,
    inner,
  )
  const x = (index: number) => LEFT + index * step
  return (
    <svg width={width} height={height} aria-hidden="true">
      <g transform={`translate(0 ${TOP})`}>
        {at !== undefined && (
          <rect
            className={classes.pointed}
            x={x(at)}
            y={-4}
            width={step}
            height={inner + 4}
            rx={2}
          />
        )}
        <ValueAxis axis={axis} measure={measure} left={LEFT} right={width - RIGHT} />
        {bars.map((bar, index) => (
          <g key={bar.day} transform={`translate(${x(index) + step / 2} 0)`}>
            <Bar
              bar={bar}
              canFail={bar.bad !== undefined}
              axis={axis}
              width={Math.min(WIDEST, Math.max(1, step * 0.72))}
            />
          </g>
        ))}
        <DayAxis
          days={bars.map(({ day }) => day)}
          x={index => x(index) + step / 2}
          y={inner + 16}
          width={width - LEFT - RIGHT}
        />
      </g>
    </svg>
  )
}

interface BarProps {
  readonly bar: DayBar
  readonly canFail: boolean
  readonly axis: Axis
  readonly width: number
}

function Bar({ bar: { value, bad = 0 }, canFail, axis, width }: BarProps) {
  const [zero, middle, top] = [axis.scale(0), axis.scale(value), axis.scale(value + bad)]
  const round = Math.min(2, width / 3)
  const arm = Math.min(2.5, width / 3)
  return (
    <>
      {value > 0 && (
        <rect
          className={canFail ? classes.good : classes.plain}
          x={-width / 2}
          y={middle}
          width={width}
          height={Math.max(1, zero - middle)}
          rx={round}
        />
      )}
      {bad > 0 && (
        <>
          <rect
            className={classes.bad}
            x={-width / 2}
            y={top}
            width={width}
            height={Math.max(2, middle - top - 1)}
            rx={round}
          />
          <path
            className={classes.badSign}
            d={`M${-arm} ${top - 4 - 2 * arm} l${2 * arm} ${2 * arm} m0 ${-2 * arm} l${-2 * arm} ${2 * arm}`}
          />
        </>
      )}
    </>
  )
}
