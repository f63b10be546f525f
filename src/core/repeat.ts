/** Does something again and again, one at a time, and at once when it is nudged. */
export class Repeat {
  readonly #work: () => Promise<void>
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #again = false
  #stopped = true

  /** `work` takes care of its own errors. */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#work = work
    this.#everyMs = everyMs
  }

  start(): void {
    this.#stopped = false
    this.nudge()
  }

  /** Does it now; when it is being done at this moment, once more right after. */
  nudge(): void {
    if (this.#stopped) return
    if (this.#running !== undefined) {
      this.#again = true
      return
    }
    clearTimeout(this.#timer)
    this.#running = this.#work().finally(() => {
      this.#running = undefined
      if (this.#again) {
        this.#again = false
        this.nudge()
      } else if (!this.#stopped) {
        this.#timer = setTimeout(() => this.nudge(), this.#everyMs)
      }
    })
  }

  /** Returns once it is not being done any more. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }
}
