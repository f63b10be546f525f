import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react'
import { type LiveRun, watch } from '../../../src/client/index.ts'
import { isFault, SERVER } from '../data/client.ts'
import { sessionEnded } from '../data/session-end.ts'
import { Invalidation } from './invalidation.ts'
import { LiveStore, type Standing } from './live-store.ts'

const Live = createContext<LiveStore | undefined>(undefined)

interface LiveProviderProps {
  /** Whose events they are: another session listens anew. */
  readonly session: string
  readonly children: ReactNode
}

/** Listens to the server as long as it is shown; answers that have become old are asked for anew. */
export function LiveProvider({ session, children }: LiveProviderProps) {
  const queries = useQueryClient()
  const [store] = useState(() => new LiveStore())
  // oxlint-disable-next-line react/exhaustive-deps -- another session is let in anew
  useEffect(() => {
    const stop = new AbortController()
    const invalidation = new Invalidation(queries)
    void listen(store, invalidation, stop.signal)
    return () => {
      stop.abort()
      invalidation.close()
    }
  }, [queries, store, session])
  return <Live value={store}>{children}</Live>
}

async function listen(
  store: LiveStore,
  invalidation: Invalidation,
  signal: AbortSignal,
): Promise<void> {
  let wasLost = false
  const onConnection = (isConnected: boolean) => {
    if (signal.aborted) return
    store.setConnection(isConnected ? 'live' : 'lost')
    // Not everything is told again after a pause: ages, and what was asked while nobody answered.
    if (isConnected && wasLost) invalidation.after(null)
    wasLost = !isConnected
  }
  try {
    for await (const event of watch(SERVER, { signal, onConnection })) {
      store.take(event)
      if (event.type === 'snapshot' && event.reset) invalidation.after(null)
      else invalidation.after(event)
    }
  } catch (error) {
    store.setConnection('lost')
    if (isFault(error) && error.status === 401) sessionEnded.fire()
  }
}

function useStore(): LiveStore {
  const store = useContext(Live)
  if (store === undefined) throw new Error('there is no LiveProvider')
  return store
}

/** The connection, the scheduler, and whether everything is paused. */
export function useStanding(): Standing {
  const store = useStore()
  return useSyncExternalStore(store.listenToStanding, store.standing)
}

/** The runs that are not over, the longest waiting first, and those that ended a moment ago. Changes with states, not with progress. */
export function useActiveRuns(): readonly LiveRun[] {
  const store = useStore()
  return useSyncExternalStore(store.listenToList, store.list)
}

/** One run with its progress, while it is not over, and a moment longer. */
export function useLiveRun(id: string): LiveRun | undefined {
  const store = useStore()
  const subscribe = useCallback(
    (listener: () => void) => store.listenToRun(id, listener),
    [store, id],
  )
  return useSyncExternalStore(subscribe, () => store.run(id))
}
