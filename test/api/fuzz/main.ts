// `npm run fuzz`: 100,000 requests, right, nearly right and outrageous, to every operation of the API.
// `npm run fuzz -- --seed 7 --requests 2000 --seconds 60 --only Run` sends the same ones again.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { fuzz, summary } from './fuzz.ts'
import { openTarget } from './site.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    requests: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '1200' },
    only: { type: 'string' },
  },
})
const { site, target } = await openTarget()
console.log(`seed ${values.seed}`)
const start = performance.now()
const outcome = await fuzz(target, {
  seed: Number(values.seed),
  requests: Number(values.requests),
  seconds: Number(values.seconds),
  only: values.only,
})
const seconds = (performance.now() - start) / 1000
const statuses = [...outcome.byStatus].sort(([a], [b]) => a - b)
console.log(
  `${outcome.sent} requests in ${seconds.toFixed(0)} s, ${outcome.done.size} operations done`,
)
console.log(statuses.map(([status, count]) => `${status}: ${count}`).join('  '))
if (outcome.findings.length > 0) {
  console.log(`\n${summary(outcome.findings)}`)
  const errors = site.said.filter(line => line.startsWith('{"level":"error"'))
  console.log(errors.slice(0, 20).join(''))
}
process.exitCode = outcome.findings.length > 0 ? 1 : 0
await site.close()
