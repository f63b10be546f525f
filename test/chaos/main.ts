// `npm run chaos`: kills bin/holdfast at many random moments; `--moments 50` and `--seed N` choose.
import { randomInt } from 'node:crypto'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { randomKills } from './random-kill.ts'

const { values } = parseArgs({
  options: {
    moments: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const moments = Number(values.moments)
const seed = Number(values.seed)
if (!Number.isInteger(moments) || !Number.isInteger(seed) || moments < 1) {
  console.error('usage: npm run chaos -- [--moments 50] [--seed NUMBER]')
  process.exit(2)
}
console.log(`seed ${seed}`)
await randomKills({ seed, moments, say: line => console.log(line) })
console.log(`${moments} moments, and nothing was hurt (seed ${seed})`)
