/** Colour and weight, or nothing of it; no meaning is ever carried by it alone. */
export interface Style {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  yellow(text: string): string
  green(text: string): string
}

const code = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`
const asIs = (text: string) => text

export const coloured: Style = {
  bold: code(1, 22),
  dim: code(2, 22),
  red: code(31, 39),
  yellow: code(33, 39),
  green: code(32, 39),
}

export const plain: Style = { bold: asIs, dim: asIs, red: asIs, yellow: asIs, green: asIs }
