import type { CheckReport, Repository } from '../repository/repository.ts'
import type { Progress } from './progress.ts'
import { countText } from './words.ts'

/** Looks whether everything in a repository is there and, with `readData`, whether every byte of it is whole. */
export async function check(
  repository: Repository,
  options: { readonly readData: boolean; readonly progress: Progress },
  signal: AbortSignal,
): Promise<CheckReport> {
  const state = {
    stage: 'structure' as 'structure' | 'data' | 'backups',
    done: 0,
    total: 0,
    bytes: 0,
  }
  const things = { structure: 'objects', data: 'packs', backups: 'backups' }
  options.progress.enter('checking', {
    ...(options.readData && { bytes: () => state.bytes }),
    item: () =>
      state.total === 0
        ? undefined
        : `${countText(state.done)} of ${countText(state.total)} ${things[state.stage]}`,
  })
  return await repository.check({ readData: options.readData, progress: state }, signal)
}
