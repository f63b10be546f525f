import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import type { PartName } from './options.ts'

/** One measurement. */
export interface Sample {
  readonly seconds: number
  /** What it read, for a rate, or what it added to its repository. */
  readonly bytes?: number
  /** How many there were of it. */
  readonly count?: number
  /** The most memory that each program had at one time, by its name. */
  readonly peaks?: Readonly<Record<string, number>>
}

/** What was measured, by name, in the order of the runs: samples of one run stand at the same place. */
export type Samples = Readonly<Record<string, readonly Sample[]>>

/** One part of the benchmark as it was last measured. */
export interface Result {
  readonly date: string
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  readonly scale: number
  readonly runs: number
  /** Length of the uncompressed dump, where there was one. */
  readonly dumpBytes?: number
  readonly samples: Samples
}

const fileOf = (part: PartName) => join(import.meta.dirname, 'results', `${part}.json`)

export function saveResult(part: PartName, result: Result): void {
  writeFileSync(fileOf(part), `${JSON.stringify(result, null, 2)}\n`)
}

export function loadResult(part: PartName): Result | undefined {
  const file = fileOf(part)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : undefined
}

/** Gathers samples while a part runs. */
export class Notebook {
  readonly #samples = new Map<string, Sample[]>()

  add(name: string, sample: Sample): void {
    const known = this.#samples.get(name) ?? []
    const seconds = Number(sample.seconds.toFixed(5))
    this.#samples.set(name, [...known, { ...sample, seconds }])
    console.log(`  ${name.padEnd(36)} ${sample.seconds.toFixed(2).padStart(8)} s`)
  }

  samples(): Samples {
    return Object.fromEntries(this.#samples)
  }
}
