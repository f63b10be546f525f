import type { RepositoryListing, SourceListing } from '../../../../src/client/index.ts'

/** What stands between a new server and a proven backup, in its order. */
export const STEPS = ['repository', 'database', 'schedule', 'proof'] as const
export type Step = (typeof STEPS)[number]

/** The first step that is not done, by what there is. */
export function stepDue(
  repositories: readonly RepositoryListing[],
  sources: readonly SourceListing[],
): Step {
  if (repositories.length === 0) return 'repository'
  if (sources.length === 0) return 'database'
  return sources.some(one => one.schedules > 0 || one.lastBackupAt !== null) ? 'proof' : 'schedule'
}

/** What the address asks for, but no further than what is due. */
export function stepShown(asked: string | undefined, due: Step): Step {
  const step = STEPS.find(one => one === asked)
  return step === undefined || STEPS.indexOf(step) > STEPS.indexOf(due) ? due : step
}
