import type { Change } from '../../catalog/changes.ts'

/** Where a change stands, as clients keep it: its id, and its time, by which another catalog's are told apart. */
export const positionOf = ({ id, at }: Pick<Change, 'id' | 'at'>): string =>
  `${id}-${at.getTime().toString(36)}`

const idIn = (position: string): number => Number.parseInt(position, 10)

/** The newest changes, as many as are worth telling to somebody who was away. */
export class ChangeLog {
  readonly #most: number
  /** Oldest first; of the first one only its position counts. */
  #changes: Change[]

  constructor(changes: readonly Change[], most: number) {
    this.#changes = [...changes]
    this.#most = most
  }

  /** Of the newest change; undefined before anything was read. */
  get position(): string | undefined {
    const last = this.#changes.at(-1)
    return last && positionOf(last)
  }

  get lastId(): number {
    return this.#changes.at(-1)?.id ?? 0
  }

  add(changes: readonly Change[]): void {
    this.#changes.push(...changes)
    // Not at every change: to cut off the beginning moves everything else.
    if (this.#changes.length > this.#most * 2) this.#changes = this.#changes.slice(-this.#most)
  }

  /** Whether a position may be one that this log has not come to yet. */
  isAhead(position: string): boolean {
    return idIn(position) > this.lastId
  }

  /** What came after a position; undefined where it is none of ours, or too long past. */
  after(position: string): Change[] | undefined {
    const id = idIn(position)
    const at = this.#changes.findLastIndex(change => change.id <= id)
    const found = this.#changes[at]
    if (found === undefined || positionOf(found) !== position) return undefined
    const missed = this.#changes.slice(at + 1)
    return missed.length > this.#most ? undefined : missed
  }
}
