import type { Repository, RepositoryUsage } from '../repository/repository.ts'

/** What a repository takes on its storage: its objects are listed, none is read. */
export const measureUsage = (
  repository: Repository,
  signal: AbortSignal,
): Promise<RepositoryUsage> => repository.usage(signal)
