// Run as a program, it is one of the racers: it opens the URL it is given and puts what it is told to.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { ObjectExists } from '../../src/core/faults.ts'
import { openStorage } from '../../src/storage/index.ts'

/** Has two processes put each object at the same moment; answers which of them each one won. */
export async function racers(url: string, keys: readonly string[]): Promise<string[][]> {
  const both = [0, 1].map(number => new Racer(fork(import.meta.filename, [url, `${number}`])))
  await Promise.all(both.map(racer => racer.answer()))
  const won: string[][] = [[], []]
  for (const [round, key] of keys.entries()) {
    const answers = both.map(racer => racer.answer())
    // Whoever is told first has a head start, so they take turns.
    for (const { child } of round % 2 === 0 ? both : both.toReversed()) child.send(key)
    for (const [number, win] of (await Promise.all(answers)).entries()) {
      if (win === true) won[number]?.push(key)
    }
  }
  for (const { child } of both) child.disconnect()
  return won
}

class Racer {
  readonly child: ChildProcess
  readonly #ended: Promise<never>

  constructor(child: ChildProcess) {
    this.child = child
    this.#ended = once(child, 'exit').then(([code]) => {
      throw new Error(`a racer ended with exit code ${code}`)
    })
    this.#ended.catch(() => undefined)
  }

  async answer(): Promise<unknown> {
    const [message] = (await Promise.race([once(this.child, 'message'), this.#ended])) as unknown[]
    return message
  }
}

function race(url: string, number: string): void {
  const storage = openStorage(url)
  const { signal } = new AbortController()
  process.on('message', (key: string) => {
    storage.put(key, Buffer.from(`racer ${number}`), { signal }).then(
      () => process.send?.(true),
      (error: unknown) => {
        if (!(error instanceof ObjectExists)) throw error
        process.send?.(false)
      },
    )
  })
  process.send?.('ready')
}

if (import.meta.main) race(process.argv[2] ?? '', process.argv[3] ?? '')
