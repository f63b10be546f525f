import { io } from 'socket.io-client'
import { HoldfastError } from './problem.ts'
import type { LiveEvent, Problem } from './types.ts'

/** So much waits for a program that is slow; then it is read again from where the program stands. */
const MOST_WAITING = 5_000
const AGAIN_MS = 5_000

export interface WatchOptions {
  /** An API key; without one, a browser's session counts. */
  readonly key?: string | undefined
  /** Where the program stood before: the `position` of the last document that it has dealt with. */
  readonly position?: string | undefined
  /** Ends it. */
  readonly signal?: AbortSignal | undefined
  /** Told whenever the server is reached, and whenever it is lost; what is lost is looked for without end. */
  readonly onConnection?: ((isConnected: boolean) => void) | undefined
}

/**
 * Everything that changes on a server, as it changes, in a browser and in Node:
 *
 *     for await (const event of watch('https://backup.example.org', { key })) { … }
 *
 * The first document is a `snapshot`. Whoever is cut off comes in again and is told what happened meanwhile; after a
 * long time that is another snapshot, with `reset: true`. Throws HoldfastError where the server
 * does not let the program watch.
 */
export async function* watch(
  url: string | URL,
  { key, position, signal, onConnection }: WatchOptions = {},
): AsyncGenerator<LiveEvent, void> {
  const waiting: LiveEvent[] = []
  let received = position
  let dealtWith = position
  let refused: HoldfastError | undefined
  let wake: () => void = () => undefined
  const { origin, pathname } = new URL(url)
  const socket = io(origin, {
    path: `${pathname.replace(/\/$/, '')}/api/v1/live`,
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    forceNew: true,
    withCredentials: true,
    auth: send => send({ token: key, position: received }),
  })
  socket.on('connect', () => onConnection?.(true))
  socket.on('disconnect', () => onConnection?.(false))
  socket.on('live', (event: LiveEvent) => {
    waiting.push(event)
    if ('position' in event) received = event.position
    if (waiting.length > MOST_WAITING) {
      waiting.length = 0
      received = dealtWith
      socket.disconnect().connect()
    }
    wake()
  })
  let again: ReturnType<typeof setTimeout> | undefined
  socket.on('connect_error', error => {
    onConnection?.(false)
    // It goes on by itself where the server was not reached.
    if (socket.active) return
    const { data: problem } = error as { data?: Problem }
    if (problem === undefined || problem.retry) again = setTimeout(() => socket.connect(), AGAIN_MS)
    else refused = new HoldfastError(problem)
    wake()
  })
  const stop = () => wake()
  signal?.addEventListener('abort', stop)
  try {
    for (;;) {
      const next = waiting.shift()
      if (signal?.aborted) return
      if (next !== undefined) {
        if ('position' in next) dealtWith = next.position
        yield next
      } else if (refused === undefined) {
        await new Promise<void>(resolve => (wake = resolve))
      } else {
        throw refused
      }
    }
  } finally {
    clearTimeout(again)
    signal?.removeEventListener('abort', stop)
    socket.close()
  }
}
