export const CSV = 'text/csv; charset=utf-8; header=present'

export type Cell = string | number | Date | null | undefined

/** What a spreadsheet would take for a formula: it is shown as text instead, behind an apostrophe. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]/u

/** One line after RFC 4180. Control characters become spaces: no program that shows the file obeys them. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}\r\n`

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  if (cell instanceof Date) return cell.toISOString()
  const text = cell.replaceAll(/\p{Cc}/gu, ' ')
  const safe = FORMULA.test(cell) ? `'${text}` : text
  return /[",]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
