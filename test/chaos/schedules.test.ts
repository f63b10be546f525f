import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { simulateSchedules } from './schedules.ts'

const SEEDS = 5
const first = randomInt(2 ** 31)

/** Many more: npm run chaos -- schedules --seeds 1000. */
test(`schedulers, workers, crashes and clocks by the dice of ${SEEDS} seeds, from ${first}`, async () => {
  for (let seed = first; seed < first + SEEDS; seed += 1) {
    console.log(`to see it again: npm run chaos -- schedules --seeds 1 --seed ${seed}`)
    console.log(await simulateSchedules(seed))
  }
})
