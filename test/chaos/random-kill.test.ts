import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { randomKills } from './random-kill.ts'

const seed = randomInt(2 ** 31)

/** Many more moments: npm run chaos. */
test(`killed at 8 random moments, seed ${seed}`, async () => {
  console.log(`seed ${seed}; to see it again: npm run chaos -- --moments 8 --seed ${seed}`)
  await randomKills({ seed, moments: 8, say: line => console.log(line) })
})
