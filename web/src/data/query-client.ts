import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isFault } from './client.ts'
import { sessionEnded } from './session-end.ts'

const MOST_WAIT_MS = 10_000

/** A wrong password or code, asked for by a page, is no end of a session. */
const noticeEnd = (error: unknown): void => {
  if (isFault(error) && error.status === 401 && error.code !== 'LOGIN_REFUSED') sessionEnded.fire()
}

/** Answers are kept until something changes, which the live events tell; see live/invalidation.ts. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      // What is not told as an event (the age of things) is asked for anew after a minute.
      staleTime: 60_000,
      retry: (failures, error) => isFault(error) && error.retry && failures < 5,
      retryDelay: failures => Math.min(MOST_WAIT_MS, 500 * 2 ** failures),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})
