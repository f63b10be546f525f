import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { nodeChaos } from './nodes.ts'

const seed = randomInt(2 ** 31)

/** For minutes: npm run chaos -- nodes --minutes 10. */
test(`two nodes, and whatever kills them, for a while (seed ${seed})`, async () => {
  console.log(await nodeChaos({ seed, seconds: 15, say: line => console.log(line) }))
})
