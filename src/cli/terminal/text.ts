const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Two columns wide on a terminal: East Asian scripts, full-width forms, emoji. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u
/** No column of its own: a lone combining mark or joiner. */
const ZERO = /^[\p{Mn}\p{Me}\u200c\u200d]+$/u
const PLAIN = /^[\x20-\x7e]*$/

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += widthOfOne(segment)
  return width
}

function widthOfOne(grapheme: string): number {
  if (ZERO.test(grapheme)) return 0
  return WIDE.test(grapheme) ? 2 : 1
}

/**
 * A text from elsewhere, safe to print on one line: what would move the cursor, change colours or turn the
 * direction of writing is shown escaped. Joiners stay, because some scripts need them.
 */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu, character => {
      const code = character.codePointAt(0) ?? 0
      if (character === '\n') return '\\n'
      if (character === '\t') return '\\t'
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
    })
}

/** At most `width` columns of a text: its middle gives way, because names differ at their ends. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (width <= 1) return '…'.slice(0, Math.max(0, width))
  const graphemes = [...segmenter.segment(text)].map(one => one.segment)
  const head = take(graphemes, Math.ceil((width - 1) / 2))
  const tail = take(graphemes.toReversed(), width - 1 - widthOf(head.join(''))).toReversed()
  return `${head.join('')}…${tail.join('')}`
}

function take(graphemes: readonly string[], width: number): string[] {
  const taken: string[] = []
  let left = width
  for (const one of graphemes) {
    left -= widthOfOne(one)
    if (left < 0) break
    taken.push(one)
  }
  return taken
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text
