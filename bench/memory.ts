import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { measure, run } from './measure.ts'
import { Notebook, type Samples } from './results.ts'
import { Site } from './site.ts'

/** Sizes of the shop beside the scale asked for: memory must not grow with them. */
const FACTORS = [0.1, 1, 2]

export const memoryScales = (scale: number): number[] =>
  FACTORS.map(factor => Number((factor * scale).toPrecision(3)))

/** Backs up and restores shops of several sizes, each on a server of its own, once. */
export async function measureMemory(scale: number, dir: string): Promise<Samples> {
  const book = new Notebook()
  for (const one of memoryScales(scale)) {
    const place = join(dir, `memory-${one}`)
    mkdirSync(place)
    const site = await Site.prepare(one, place)
    const env = { ...site.env, HOLDFAST_REPOSITORY: join(place, 'repository') }
    const bytes = site.dumpBytes
    await run('exec bin/holdfast init', env)
    const backup = await measure('exec bin/holdfast backup --source env:SHOP_URL', env)
    book.add(`backup ${one}`, { ...backup, bytes })
    const restore = await measure('exec bin/holdfast restore latest --target env:COPY_URL', env)
    book.add(`restore ${one}`, { ...restore, bytes })
    await site.server.stop()
    rmSync(place, { recursive: true })
  }
  return book.samples()
}
