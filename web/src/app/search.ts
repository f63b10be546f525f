/** What stands behind the `?` of an address: texts, each by its name. */
export type Search<Key extends string> = Partial<Record<Key, string>>

/** Of all that an address says, a page reads these. */
export const reads =
  <const Key extends string>(...keys: readonly Key[]) =>
  (search: Record<string, unknown>): Search<Key> =>
    Object.fromEntries(
      keys.flatMap(key => (typeof search[key] === 'string' ? [[key, search[key]]] : [])),
    ) as Search<Key>

export const parseSearch = (text: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(text))

/** What is empty does not stand in an address. */
export function writeSearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  const text = new URLSearchParams(given).toString()
  return text === '' ? '' : `?${text}`
}
