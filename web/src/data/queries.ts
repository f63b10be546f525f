import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Operations } from '../../../src/client/index.ts'
import { client } from './client.ts'

type QueryOf<Name extends keyof Operations> = NonNullable<Parameters<Operations[Name]>[0]>

// The first word of each key says what it is of: live/invalidation.ts asks anew by it.

export const accountQuery = queryOptions({
  queryKey: ['account'],
  queryFn: ({ signal }) => client.getAccount({ signal }),
  staleTime: 5 * 60_000,
})

export const summaryQuery = (days = 30) =>
  queryOptions({
    queryKey: ['summary', days],
    queryFn: ({ signal }) => client.getSummary({ days }, { signal }),
    refetchInterval: 60_000,
  })

export const sourcesQuery = queryOptions({
  queryKey: ['sources'],
  queryFn: ({ signal }) => client.listSources({ signal }),
})

export const sourceQuery = (source: string) =>
  queryOptions({
    queryKey: ['sources', source],
    queryFn: ({ signal }) => client.getSource(source, { signal }),
  })

export const repositoriesQuery = queryOptions({
  queryKey: ['repositories'],
  queryFn: ({ signal }) => client.listRepositories({ signal }),
})

export const repositoryQuery = (repository: string) =>
  queryOptions({
    queryKey: ['repositories', repository],
    queryFn: ({ signal }) => client.getRepository(repository, { signal }),
  })

export const schedulesQuery = (source?: string) =>
  queryOptions({
    queryKey: ['schedules', 'list', source],
    queryFn: ({ signal }) => client.listSchedules({ source }, { signal }),
  })

export const scheduleQuery = (schedule: string) =>
  queryOptions({
    queryKey: ['schedules', 'one', schedule],
    queryFn: ({ signal }) => client.getSchedule(schedule, { signal }),
  })

export const schedulerQuery = queryOptions({
  queryKey: ['scheduler'],
  queryFn: ({ signal }) => client.getScheduler({ signal }),
})

export const activeRunsQuery = queryOptions({
  queryKey: ['active-runs'],
  queryFn: ({ signal }) => client.getActiveRuns({ signal }),
})

/** Runs by filter, a page at a time, newest first. */
export const runsQuery = (query: QueryOf<'listRuns'>) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'list', query],
    queryFn: ({ signal, pageParam }) => client.listRuns({ ...query, after: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })

export const runQuery = (run: string) =>
  queryOptions({
    queryKey: ['runs', 'one', run],
    queryFn: ({ signal }) => client.getRun(run, { signal }),
  })

export const statsQuery = (query: QueryOf<'getStats'>) =>
  queryOptions({
    queryKey: ['stats', query],
    queryFn: ({ signal }) => client.getStats(query, { signal }),
    placeholderData: keepPreviousData,
  })

/** Backups by filter, a page at a time, newest first. */
export const backupsQuery = (query: QueryOf<'listBackups'>) =>
  infiniteQueryOptions({
    queryKey: ['backups', 'list', query],
    queryFn: ({ signal, pageParam }) =>
      client.listBackups({ ...query, after: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })

export const backupQuery = (backup: string, repository?: string) =>
  queryOptions({
    queryKey: ['backups', 'one', backup, repository],
    queryFn: ({ signal }) => client.getBackup(backup, { repository }, { signal }),
  })

export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => client.getSettings({ signal }),
})
