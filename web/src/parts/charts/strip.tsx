import { Tooltip } from '@mantine/core'
import { memo, type PointerEvent, useMemo, useState } from 'react'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { timeOf } from './days.ts'
import classes from './strip.module.css'
import { type Mark, RUN_MARKS, type StripDay, stripDays } from './strip-days.ts'

interface StripProps {
  /** Of the summary. */
  readonly strip: string
  readonly firstDay: string
  /** Whose days they are, for those who do not see it. */
  readonly name: string
  readonly size?: 'row' | 'page'
}

const SIZES = {
  row: { width: 6, gap: 2, height: 18, base: 5 },
  page: { width: 15, gap: 4, height: 34, base: 6 },
} as const
type Size = (typeof SIZES)[keyof typeof SIZES]

/** The last days of a source, each with the signs of all that happened on it. */
export const Strip = memo(function Strip({ strip, firstDay, name, size = 'row' }: StripProps) {
  const t = useMessages().charts
  const format = useFormat()
  const [pointed, setPointed] = useState<StripDay>()
  const days = useMemo(() => stripDays(strip, firstDay), [strip, firstDay])
  const measures = SIZES[size]
  const step = measures.width + measures.gap
  const [width, height] = [days.length * step, measures.height + measures.base]
  const point = ({ nativeEvent, currentTarget }: PointerEvent<SVGSVGElement>) => {
    const share = nativeEvent.offsetX / currentTarget.getBoundingClientRect().width
    setPointed(days[Math.min(days.length - 1, Math.max(0, Math.floor(share * days.length)))])
  }
  const words = (marks: readonly Mark[]) =>
    marks.length === 0 ? t.nothing : format.list(marks.map(mark => t.marks[mark]))
  return (
    <Tooltip.Floating
      label={pointed && `${format.day(timeOf(pointed.day), 'UTC')}: ${words(pointed.marks)}`}
      disabled={pointed === undefined}
    >
      <svg
        className={classes.strip}
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        role="img"
        aria-label={t.stripText(
          name,
          days.length,
          stripCounts(days).map(({ mark, on }) => ({
            mark,
            count: on.length,
            days: format.list(on.slice(0, 5).map(day => format.day(timeOf(day), 'UTC'))),
            more: Math.max(0, on.length - 5),
          })),
        )}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        {days.map(({ day, marks }, at) => (
          <g key={day} transform={`translate(${at * step + measures.gap / 2} 0)`}>
            <DayMarks marks={marks} size={measures} />
          </g>
        ))}
      </svg>
    </Tooltip.Floating>
  )
})

/** On which days what happened. */
const stripCounts = (days: readonly StripDay[]) =>
  (['completed', 'failed', 'skipped', 'missed', 'overdue'] as const).map(mark => ({
    mark,
    on: days.filter(({ marks }) => marks.includes(mark)).map(({ day }) => day),
  }))

/** What happened on a day, one above the other; below it, whether the source was overdue. */
function DayMarks({ marks, size }: { readonly marks: readonly Mark[]; readonly size: Size }) {
  const { width, height, base } = size
  const runs = RUN_MARKS.filter(mark => marks.includes(mark))
  const part = (height - (runs.length - 1)) / Math.max(1, runs.length)
  return (
    <>
      {marks.length === 0 && (
        <circle className={classes.nothing} cx={width / 2} cy={height / 2} r={width / 5} />
      )}
      {runs.map((mark, at) => (
        <RunMark key={mark} mark={mark} y={at * (part + 1)} width={width} height={part} />
      ))}
      {marks.includes('overdue') && (
        <path
          className={classes.overdue}
          d={`M0 ${height + base} L${width / 2} ${height + 1} L${width} ${height + base} Z`}
        />
      )}
    </>
  )
}

interface RunMarkProps {
  readonly mark: Mark
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Completed: full. Failed: crossed. Skipped: a bar across. Missed: hollow. */
function RunMark({ mark, y, width, height }: RunMarkProps) {
  const thin = width / 7
  const round = Math.min(width / 4, height / 3)
  if (mark === 'missed') {
    return (
      <rect
        className={classes.missed}
        x={thin / 2}
        y={y + thin / 2}
        width={width - thin}
        height={height - thin}
        rx={round}
        strokeWidth={thin}
      />
    )
  }
  const [middle, reach] = [y + height / 2, Math.min(width, height) / 2 - thin]
  return (
    <>
      <rect className={classes[mark]} y={y} width={width} height={height} rx={round} />
      {mark === 'failed' && (
        <path
          className={classes.sign}
          strokeWidth={thin * 1.2}
          d={`M${width / 2 - reach} ${middle - reach} l${2 * reach} ${2 * reach} m0 ${-2 * reach} l${-2 * reach} ${2 * reach}`}
        />
      )}
      {mark === 'skipped' && (
        <path
          className={classes.sign}
          strokeWidth={thin * 1.4}
          d={`M${thin} ${middle} h${width - 2 * thin}`}
        />
      )}
    </>
  )
}

/** What the signs of a strip mean. */
export function StripLegend() {
  const t = useMessages().charts
  const size = { width: 9, gap: 0, height: 14, base: 5 } as unknown as Size
  return (
    <ul className={classes.legend} aria-label={t.legend}>
      {(['completed', 'failed', 'skipped', 'missed', 'overdue'] as const).map(mark => (
        <li key={mark}>
          <svg
            viewBox={`0 ${mark === 'overdue' ? 7.5 : -2.5} 9 19`}
            width={9}
            height={19}
            aria-hidden="true"
          >
            <DayMarks marks={[mark]} size={size} />
          </svg>
          {t.marks[mark]}
        </li>
      ))}
    </ul>
  )
}
