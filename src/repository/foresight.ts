import type { RecipeEntry } from './recipe.ts'

/** How far ahead in the backup before a chunk is looked for, once what came was another one than foreseen. */
const LOOK_AHEAD = 256
/** So many chunks may have been put in, or have changed, before the look ahead moves on with the stream. */
const PATIENCE = 64

/**
 * Foresees which chunk comes next in a stream: the one that came next in the backup before. Most bytes of most
 * backups are the same as last time, and where the next cut is foreseen, nobody needs to look for it. It is only
 * ever a guess: whoever asks proves it by the chunk's name.
 */
export class Foresight {
  readonly #before: AsyncIterator<RecipeEntry>
  /** What comes next in the backup before, as far as it was read. */
  readonly #ahead: RecipeEntry[] = []
  #hasEnded = false
  #strangers = 0

  /** `before`: the chunks of the stream in the backup before, in their order. */
  constructor(before: AsyncIterable<RecipeEntry>) {
    this.#before = before[Symbol.asyncIterator]()
  }

  /** The chunk to begin with. */
  async first(): Promise<RecipeEntry | undefined> {
    return await this.#next()
  }

  /** The chunk that probably comes after this one. */
  async after(id: Buffer): Promise<RecipeEntry | undefined> {
    const at = await this.#find(id)
    if (at >= 0) {
      this.#ahead.splice(0, at + 1)
      this.#strangers = 0
      return await this.#next()
    }
    this.#strangers += 1
    if (this.#strangers > PATIENCE) this.#ahead.shift()
    return undefined
  }

  /** Reads no further. */
  async close(): Promise<void> {
    this.#hasEnded = true
    await this.#before.return?.().catch(() => undefined)
  }

  /** The last one was cut by the end of the stream, which says nothing of where it would be cut today. */
  async #next(): Promise<RecipeEntry | undefined> {
    await this.#fill(2)
    return this.#ahead.length < 2 ? undefined : this.#ahead[0]
  }

  async #find(id: Buffer): Promise<number> {
    if (this.#ahead[0]?.id.equals(id) === true) return 0
    await this.#fill(LOOK_AHEAD)
    return this.#ahead.findIndex(entry => entry.id.equals(id))
  }

  async #fill(count: number): Promise<void> {
    while (!this.#hasEnded && this.#ahead.length < count) {
      try {
        const next = await this.#before.next()
        if (next.done === true) this.#hasEnded = true
        else this.#ahead.push(next.value)
      } catch {
        // A backup must not fail because the one before it is damaged.
        this.#hasEnded = true
      }
    }
  }
}
