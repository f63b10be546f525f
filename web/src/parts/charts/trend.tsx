import { useElementSize } from '@mantine/hooks'
import { useMemo } from 'react'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { DayAxis, ValueAxis } from './axes.tsx'
import classes from './chart.module.css'
import { ChartFrame } from './chart-frame.tsx'
import { type Day, timeOf } from './days.ts'
import { usePointing } from './pointing.ts'
import { type Axis, type Measure, valueAxis } from './ticks.ts'
import { useWrite } from './write.ts'

export interface TrendPoint {
  readonly day: Day
  /** null: nothing is known of that day, and the line has a gap. */
  readonly value: number | null
}

interface TrendProps {
  readonly title: string
  readonly measure: Measure
  /** Every day of the time that is shown. */
  readonly points: readonly TrendPoint[]
  /** What is said where no day has a value. */
  readonly empty: string
  readonly height?: number
}

const LEFT = 54
const RIGHT = 10
const TOP = 8
const BOTTOM = 22

/** A value by day, as a line over its area. */
export function Trend({ title, measure, points, empty, height = 168 }: TrendProps) {
  const t = useMessages().charts
  const format = useFormat()
  const write = useWrite(measure)
  const { ref, width } = useElementSize<HTMLDivElement>()
  const known = useMemo(
    () => points.flatMap(({ value }, at) => (value === null ? [] : [at])),
    [points],
  )
  const span = Math.max(1, width - LEFT - RIGHT)
  const x = (at: number) => LEFT + (points.length < 2 ? span : (at / (points.length - 1)) * span)
  const indexAt = (left: number) => Math.round(((left - LEFT) / span) * (points.length - 1))
  const { at, handlers } = usePointing(known, indexAt)
  const shown = points[at ?? known.at(-1) ?? -1]
  const day = (one: Day) => format.date(timeOf(one), 'UTC')
  const text = shown?.value == null ? '' : `${day(shown.day)}: ${write(shown.value)}`
  const rows = () =>
    known
      .map(index => points[index] as TrendPoint)
      .map(point => ({ key: point.day, cells: [day(point.day), write(point.value ?? 0)] }))
      .toReversed()
  return (
    <ChartFrame
      title={title}
      height={height}
      empty={known.length === 0 ? empty : undefined}
      value={
        shown?.value != null && (
          <>
            <b>{write(shown.value)}</b> · {day(shown.day)}
          </>
        )
      }
      heads={[t.day, title]}
      rows={rows}
    >
      <div
        ref={ref}
        className={classes.plot}
        role="slider"
        tabIndex={0}
        aria-label={t.values(title)}
        aria-valuemin={0}
        aria-valuemax={points.length - 1}
        aria-valuenow={at ?? known.at(-1) ?? 0}
        aria-valuetext={text}
        {...handlers}
      >
        {width > 0 && (
          <Plot
            points={points}
            known={known}
            measure={measure}
            width={width}
            height={height}
            x={x}
            at={at}
          />
        )}
      </div>
    </ChartFrame>
  )
}

interface PlotProps {
  readonly points: readonly TrendPoint[]
  readonly known: readonly number[]
  readonly measure: Measure
  readonly width: number
  readonly height: number
  readonly x: (at: number) => number
  readonly at: number | undefined
}

function Plot({ points, known, measure, width, height, x, at }: PlotProps) {
  const inner = height - TOP - BOTTOM
  const axis = valueAxis(
    points.flatMap(({ value }) => (value === null ? [] : [value])),
    measure,
    inner,
  )
  const pointed = at === undefined ? undefined : points[at]
  return (
    <svg width={width} height={height} aria-hidden="true">
      <g transform={`translate(0 ${TOP})`}>
        <ValueAxis axis={axis} measure={measure} left={LEFT} right={width - RIGHT} />
        <Curve points={points} known={known} axis={axis} x={x} />
        {pointed?.value != null && at !== undefined && (
          <>
            <line className={classes.hair} x1={x(at)} x2={x(at)} y1={0} y2={inner} />
            <circle className={classes.point} cx={x(at)} cy={axis.scale(pointed.value)} r={5} />
          </>
        )}
        <DayAxis
          days={points.map(({ day }) => day)}
          x={x}
          y={inner + 16}
          width={width - LEFT - RIGHT}
        />
      </g>
    </svg>
  )
}

interface CurveProps extends Pick<PlotProps, 'points' | 'known' | 'x'> {
  readonly axis: Axis
}

/** Straight from day to day: nothing is known of what lies between two. */
function Curve({ points, known, axis, x }: CurveProps) {
  const spot = (at: number) =>
    `${x(at).toFixed(1)} ${axis.scale(points[at]?.value ?? 0).toFixed(1)}`
  const pieces = inARow(known)
  const drawn = pieces.map(piece => `M${piece.map(spot).join('L')}`)
  const filled = pieces.map((piece, nth) => {
    const [from = 0, to = from] = [piece[0], piece.at(-1)]
    return `${drawn[nth]}L${x(to).toFixed(1)} ${axis.scale(0)}H${x(from).toFixed(1)}Z`
  })
  // A day between two gaps has no line: it is a dot.
  const lone = pieces.flatMap(piece => (piece.length === 1 ? piece : []))
  return (
    <>
      <path className={classes.area} d={filled.join('')} />
      <path className={classes.line} d={drawn.join('')} />
      {lone.map(at => (
        <circle
          key={at}
          className={classes.lone}
          cx={x(at)}
          cy={axis.scale(points[at]?.value ?? 0)}
          r={3}
        />
      ))}
    </>
  )
}

/** Numbers in order, parted where one is missing. */
function inARow(known: readonly number[]): number[][] {
  const pieces: number[][] = []
  for (const at of known) {
    const last = pieces.at(-1)
    if (last?.at(-1) === at - 1) last.push(at)
    else pieces.push([at])
  }
  return pieces
}
