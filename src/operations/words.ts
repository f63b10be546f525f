import { countText } from '../core/words.ts'

export { bytesText, countText, plural } from '../core/words.ts'

/** The first few of many, and how many more there are. */
export function firstOf(texts: readonly string[], most: number): string {
  const more = texts.length - most
  return more > 0
    ? `${texts.slice(0, most).join('; ')}; and ${countText(more)} more`
    : texts.join('; ')
}
