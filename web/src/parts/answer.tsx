import { Skeleton, Stack } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { FaultAlert } from './fault-alert.tsx'

interface AnswerProps<T> {
  readonly query: UseQueryResult<T>
  /** How many lines stand for what is on its way. */
  readonly lines?: number
  readonly children: (data: T) => ReactNode
}

/** What the server answers, or what stands for it until then, or why it does not. */
export function Answer<T>({ query, lines = 4, children }: AnswerProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error !== null) {
    return <FaultAlert error={query.error} onRetry={() => void query.refetch()} />
  }
  return (
    <Stack aria-busy gap="sm">
      {Array.from({ length: lines }, (_, at) => (
        <Skeleton key={at} height={18} width={`${92 - ((at * 17) % 40)}%`} />
      ))}
    </Stack>
  )
}
