import { queryOptions } from '@tanstack/react-query'
import type { FaultWords } from './fault-words.ts'

/** One of each language. */
const LOAD = {
  en: async () => (await import('./en/faults.ts')).faults,
  vi: async () => (await import('./vi/faults.ts')).faults,
} satisfies Readonly<Record<string, () => Promise<FaultWords>>>

/** Most pages never show a fault: its words are fetched behind the first page, or with the first fault. */
export const faultWordsQuery = (language: keyof typeof LOAD) =>
  queryOptions({
    queryKey: ['fault words', language],
    queryFn: LOAD[language],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
