/**
 * Maps `items` with at most `limit` calls under way and yields the results in order: the valve that keeps
 * a fast producer from filling the memory. After a failure no new call begins, and those under way are
 * waited for before the failure is thrown.
 */
export async function* inFlight<In, Out>(
  limit: number,
  items: AsyncIterable<In> | Iterable<In>,
  map: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const running: Promise<Out>[] = []
  try {
    for await (const item of items) {
      const next = map(item)
      // Whoever takes it hears of a failure; until then it must not count as unhandled.
      next.catch(() => undefined)
      running.push(next)
      if (running.length >= limit) yield await (running.shift() as Promise<Out>)
    }
    while (running.length > 0) yield await (running.shift() as Promise<Out>)
  } finally {
    await Promise.allSettled(running)
  }
}
