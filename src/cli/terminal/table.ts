import type { Style } from './style.ts'
import { cut, padEnd, padStart, printable, widthOf } from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly right?: boolean
  /** Where the table is too wide, values are cut in their middle, in the end down to this width. */
  readonly shrinkTo?: number
  /** Still readable at this width (default: 24): columns are left out before values get narrower. */
  readonly readable?: number
  /** Where that does not do, columns are left out, those with the highest number first. */
  readonly leaveOut?: number
  readonly style?: (text: string, row: Row, style: Style) => string
}

const GAP = '  '
/** Names are not cut below this while there is another column to leave out. */
const READABLE = 24

/** The lines of an aligned table, its head first, no wider than `width` where that is possible at all. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  style: Style,
): string[] {
  const shown = fitting(columns, rows, width)
  const lines = rows.map((row, r) =>
    shown
      .map((one, at) => {
        const cell = aligned(one, one.cells[r] ?? '', at === shown.length - 1)
        return one.column.style?.(cell, row, style) ?? cell
      })
      .join(GAP)
      .trimEnd(),
  )
  const titles = shown.map((one, at) => aligned(one, one.column.title, at === shown.length - 1))
  return [style.dim(titles.join(GAP)), ...lines]
}

function aligned<Row>(shown: Shown<Row>, cell: string, last: boolean): string {
  const text = cut(cell, shown.width)
  if (shown.column.right) return padStart(text, shown.width)
  return last ? text : padEnd(text, shown.width)
}

interface Shown<Row> {
  readonly column: Column<Row>
  readonly cells: readonly string[]
  readonly width: number
}

function fitting<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): Shown<Row>[] {
  const all = columns.map(column => {
    const cells = rows.map(row => printable(column.value(row)))
    const widest = cells.reduce((most, cell) => Math.max(most, widthOf(cell)), 0)
    return { column, cells, width: Math.max(widest, widthOf(column.title)) }
  })
  const rank = (one: Shown<Row>) => one.column.leaveOut ?? 0
  const ranks = [...new Set(all.map(rank))].sort((a, b) => b - a)
  // A name that can still be read is worth more than one more column.
  for (const staysReadable of [true, false]) {
    for (const highest of ranks) {
      const kept = all.filter(one => rank(one) <= highest)
      const fitted = shrunk(kept, width, staysReadable)
      if (fitted !== undefined) return fitted
    }
  }
  return all.filter(one => rank(one) === 0)
}

/** How narrow a column may get. */
const least = <Row>({ width, column }: Shown<Row>, staysReadable: boolean) =>
  Math.min(
    width,
    Math.max(column.shrinkTo ?? width, staysReadable ? (column.readable ?? READABLE) : 0),
  )

/** The columns narrowed to fit, the widest first, or undefined where they cannot be. */
function shrunk<Row>(
  shown: readonly Shown<Row>[],
  width: number,
  staysReadable: boolean,
): Shown<Row>[] | undefined {
  const room = width - GAP.length * (shown.length - 1)
  let excess = shown.reduce((sum, one) => sum + one.width, 0) - room
  const fitted = shown.map(one => ({ ...one, least: least(one, staysReadable) }))
  while (excess > 0) {
    const [widest] = fitted.filter(one => one.width > one.least).sort((a, b) => b.width - a.width)
    if (widest === undefined) return undefined
    widest.width--
    excess--
  }
  return fitted
}
