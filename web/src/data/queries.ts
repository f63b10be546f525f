import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Operations } from '../../../src/client/index.ts'
import { client } from './client.ts'
import { ownTimeZone } from './own-time-zone.ts'

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
    queryFn: ({ signal }) => client.getSummary({ days, timeZone: ownTimeZone() }, { signal }),
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

/** One page of runs by filter, newest first; `after` and `before` are places in the list. */
export const runsPageQuery = (query: QueryOf<'listRuns'>) =>
  queryOptions({
    queryKey: ['runs', 'page', query],
    queryFn: ({ signal }) => client.listRuns(query, { signal }),
    placeholderData: keepPreviousData,
  })

/** The newest runs of a source. */
export const sourceRunsQuery = (source: string, limit: number) =>
  queryOptions({
    queryKey: ['runs', 'of-source', source, limit],
    queryFn: ({ signal }) => client.listRuns({ source, limit }, { signal }),
  })

/** The newest backups of a source. */
export const sourceBackupsQuery = (source: string, limit: number) =>
  queryOptions({
    queryKey: ['backups', 'of-source', source, limit],
    queryFn: ({ signal }) => client.listBackups({ source, limit }, { signal }),
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

/** What all repositories together held and took, day by day. */
export const storageQuery = (days: number) =>
  queryOptions({
    queryKey: ['storage', days],
    queryFn: ({ signal }) =>
      client.getStorageHistory({ days, timeZone: ownTimeZone() }, { signal }),
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

/** Databases of which there are backups and which are no source here. */
export const unclaimedQuery = queryOptions({
  queryKey: ['backups', 'unclaimed'],
  queryFn: ({ signal }) => client.listUnclaimedDatabases({ signal }),
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

/** Whether the server still needs its first administrator. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => client.getSetup({ signal }),
})

/** The server that vouches for people, where there is one. */
export const oidcQuery = queryOptions({
  queryKey: ['oidc'],
  queryFn: ({ signal }) => client.getOidc({ signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** The newest backups and proofs of a source. */
export const proofRunsQuery = (source: string) =>
  queryOptions({
    queryKey: ['runs', 'proof', source],
    queryFn: ({ signal }) =>
      client.listRuns({ source, kind: 'backup,verify', limit: 20 }, { signal }),
  })

/** What a schedule would do that nobody has added yet. */
export const schedulePreviewQuery = (preview: Parameters<Operations['previewSchedule']>[0]) =>
  queryOptions({
    queryKey: ['schedule-preview', preview],
    queryFn: ({ signal }) => client.previewSchedule(preview, { signal }),
    placeholderData: keepPreviousData,
  })

/** When each schedule fires in a time of up to eight days. */
export const calendarQuery = (query: QueryOf<'getCalendar'>) =>
  queryOptions({
    queryKey: ['schedules', 'calendar', query],
    queryFn: ({ signal }) => client.getCalendar(query, { signal }),
    placeholderData: keepPreviousData,
  })

/** The next firings of a schedule. */
export const firingsQuery = (schedule: string, count: number) =>
  queryOptions({
    queryKey: ['schedules', 'firings', schedule, count],
    queryFn: ({ signal }) => client.getNextFirings(schedule, { count }, { signal }),
  })

/** Which backups a rule would keep. */
export const retentionPreviewQuery = (question: QueryOf<'previewRetentionSchedule'>) =>
  queryOptions({
    queryKey: ['backups', 'retention', question],
    queryFn: ({ signal }) => client.previewRetentionSchedule(question, { signal }),
    placeholderData: keepPreviousData,
  })

/** What a repository held and took, day by day. */
export const repositoryHistoryQuery = (repository: string, days: number) =>
  queryOptions({
    queryKey: ['repositories', repository, 'history', days],
    queryFn: ({ signal }) =>
      client.getRepositoryHistory(repository, { days, timeZone: ownTimeZone() }, { signal }),
    placeholderData: keepPreviousData,
  })

/** What opens a repository. */
export const repositoryKeysQuery = (repository: string) =>
  queryOptions({
    queryKey: ['repository-keys', repository],
    queryFn: ({ signal }) => client.listRepositoryKeys(repository, { signal }),
  })

/** The newest checks of a repository. */
export const repositoryChecksQuery = (repository: string) =>
  queryOptions({
    queryKey: ['runs', 'checks', repository],
    queryFn: ({ signal }) => client.listRuns({ repository, kind: 'check', limit: 5 }, { signal }),
  })

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) => client.listUsers({ signal }),
})

/** One's own keys; for administrators everybody's. */
export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ signal }) => client.listApiKeys({ signal }),
})

/** What was done and refused, a page at a time, newest first. */
export const auditQuery = (query: QueryOf<'listAudit'>) =>
  infiniteQueryOptions({
    queryKey: ['audit', query],
    queryFn: ({ signal, pageParam }) =>
      client.listAudit({ ...query, after: pageParam }, { signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: keepPreviousData,
    // No event tells of a new entry: whoever comes to the page asks.
    staleTime: 0,
  })

export const locksQuery = queryOptions({
  queryKey: ['locks'],
  queryFn: ({ signal }) => client.listLocks({ signal }),
})

/** Where one is logged in. */
export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: ({ signal }) => client.listSessions({ signal }),
})

/** What is called so, or begins so. */
export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ['search', text],
    queryFn: ({ signal }) => client.search({ text }, { signal }),
    staleTime: 10_000,
  })
