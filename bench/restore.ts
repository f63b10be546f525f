import { join } from 'node:path'
import { measure, run } from './measure.ts'
import { Notebook, type Sample, type Samples } from './results.ts'
import type { Site } from './site.ts'

/** Names of what is measured. */
export const RESTORES = {
  holdfast: '`holdfast restore`, proof included',
  pg_restore: '`pg_restore`',
  'pg_restore -j2': '`pg_restore -j2`',
} as const

/** Restores the shop into a new database: Holdfast from its repository, pg_restore from the dump as a file. */
export async function measureRestores(site: Site, runs: number): Promise<Samples> {
  const book = new Notebook()
  const repository = join(site.dir, 'restored-from')
  const env = { ...site.env, HOLDFAST_REPOSITORY: repository }
  await run('exec bin/holdfast init', env)
  await run('exec bin/holdfast backup --source env:SHOP_URL', env)
  const intoCopy = async (options: string): Promise<Sample> => {
    await site.createCopy()
    return await measure(`exec pg_restore ${options} -d copy ${site.dump}`, env)
  }
  for (let round = 1; round <= runs; round += 1) {
    console.log(`restore, round ${round} of ${runs}`)
    const line = 'exec bin/holdfast restore latest --target env:COPY_URL'
    book.add('holdfast', await measure(line, env))
    await site.dropCopy()
    book.add('pg_restore', await intoCopy(''))
    await site.dropCopy()
    book.add('pg_restore -j2', await intoCopy('-j2'))
    await site.dropCopy()
  }
  return book.samples()
}
