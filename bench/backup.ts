import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CONTENDERS, type Contender, FILES, SOURCE_LIMIT } from './contenders.ts'
import { measure, run, sizeOf } from './measure.ts'
import { Notebook, type Samples } from './results.ts'
import type { Site } from './site.ts'

/**
 * Backs the shop up with every contender: first, again unchanged, and again after one row in a hundred
 * has changed. They take turns within each round, so that a machine that slows down slows all of them.
 */
export async function measureBackups(
  site: Site,
  runs: number,
  installed: ReadonlySet<string>,
): Promise<Samples> {
  const book = new Notebook()
  const contenders = CONTENDERS.filter(one => installed.has(one.needs))
  const files = FILES.filter(one => installed.has(one.needs))
  await site.prepareChange()
  await run(`${SOURCE_LIMIT.line} > /dev/null`, site.env) // fills the caches for whoever comes first
  for (let round = 1; round <= runs; round += 1) {
    console.log(`backup, round ${round} of ${runs}`)
    const places = await Promise.all(contenders.map(one => makeRepository(one, site)))
    const limit = () => measure(`${SOURCE_LIMIT.line} > /dev/null`, site.env)
    book.add(SOURCE_LIMIT.name, await limit())
    for (const place of places) book.add(`${place.name} first`, await backup(place, 'first'))
    for (const { name, line } of files) {
      const file = join(site.dir, name)
      const sample = await measure(`${line} > ${file}`, site.env)
      book.add(`${name} first`, { ...sample, bytes: sizeOf(file) })
      rmSync(file)
    }
    // A minute later the machine may be a third slower or faster.
    book.add(SOURCE_LIMIT.second, await limit())
    for (const place of places) book.add(`${place.name} second`, await backup(place, 'second'))
    await site.change()
    for (const place of places) book.add(`${place.name} changed`, await backup(place, 'changed'))
    await site.changeBack()
    for (const place of places) rmSync(place.dir, { recursive: true })
  }
  return book.samples()
}

interface Place {
  readonly name: string
  readonly contender: Contender
  readonly dir: string
  readonly repository: string
  readonly env: NodeJS.ProcessEnv
}

async function makeRepository(contender: Contender, site: Site): Promise<Place> {
  const dir = join(site.dir, contender.name)
  const repository = join(dir, 'repository')
  mkdirSync(dir)
  const env = { ...site.env, ...contender.environment(dir) }
  await run(contender.init(repository), env)
  return { name: contender.name, contender, dir, repository, env }
}

/** The bytes of the sample are what it added to the repository. */
async function backup({ contender, repository, env }: Place, name: string) {
  const before = sizeOf(repository)
  const sample = await measure(contender.backup(repository, name), env)
  return { ...sample, bytes: sizeOf(repository) - before }
}
