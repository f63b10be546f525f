import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { randomKills } from './random-kill.ts'

const seed = randomInt(2 ** 31)

/** Many more moments: npm run chaos. */
test(`killed at 4 random moments, seed ${seed}`, async () => {
  console.log(`seed ${seed}; to see it again: npm run chaos -- --moments 4 --seed ${seed}`)
  await randomKills({ seed, moments: 4, say: line => console.log(line) })
})
