/** A list that comes in pages. */
interface Page {
  readonly next: string | number | null
}

/** What a page lists: the values of its one field that is an array. */
type ItemOf<P> = { [K in keyof P]: P[K] extends readonly (infer Item)[] ? Item : never }[keyof P]

/**
 * Everything of a list, page by page as it is taken:
 * `for await (const run of each(client.listRuns, { state: 'failed' }))`
 */
export async function* each<Query extends { readonly after?: unknown }, P extends Page>(
  list: (query?: Query) => Promise<P>,
  query: Query,
): AsyncGenerator<ItemOf<P>> {
  let asked = query
  for (;;) {
    const page = await list(asked)
    for (const value of Object.values(page)) if (Array.isArray(value)) yield* value as ItemOf<P>[]
    if (page.next === null) return
    asked = { ...query, after: page.next }
  }
}
