// `npm run chaos`: kills bin/holdfast at many random moments; `--moments 50` and `--seed N` choose.
// `npm run chaos -- steps`: kills a backup, a restore and a forget at every step that they take.
// `npm run chaos -- schedules`: simulates schedulers, workers and clocks; `--seeds 200` and `--seed N` choose.
// `npm run chaos -- nodes`: kills nodes, runners, dumps and the catalog; `--minutes 5` and `--seed N` choose.
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { nodeChaos } from './nodes.ts'
import { randomKills } from './random-kill.ts'
import { simulateSchedules } from './schedules.ts'

const USAGE = `usage: npm run chaos -- [--moments 50] [--seed NUMBER]
       npm run chaos -- steps
       npm run chaos -- schedules [--seeds 200] [--seed NUMBER]
       npm run chaos -- nodes [--minutes 5] [--seed NUMBER]`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    moments: { type: 'string', default: '50' },
    seeds: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const [what = 'kills'] = positionals
const { moments, seeds, minutes, seed } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
)

if (what === 'kills' && isCount(moments) && Number.isInteger(seed)) await kill(moments, seed ?? 0)
else if (what === 'steps') await everyStep()
else if (what === 'schedules' && isCount(seeds) && Number.isInteger(seed))
  await simulate(seeds, seed ?? 0)
else if (what === 'nodes' && isCount(minutes) && Number.isInteger(seed))
  await hurtNodes(minutes, seed ?? 0)
else {
  console.error(USAGE)
  process.exitCode = 2
}

function isCount(value: number | undefined): value is number {
  return Number.isInteger(value) && (value ?? 0) > 0
}

async function kill(moments: number, seed: number): Promise<void> {
  console.log(`seed ${seed}`)
  await randomKills({ seed, moments, say: line => console.log(line) })
  console.log(`${moments} moments, and nothing was hurt (seed ${seed})`)
}

/** What the tests do with a third of the steps. */
async function everyStep(): Promise<void> {
  const files = ['crash-backup', 'crash-restore'].map(name =>
    join(import.meta.dirname, `${name}.test.ts`),
  )
  const env = { ...process.env, EVERY_STEP: '1' }
  const child = spawn(process.execPath, ['--test', ...files], { env, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}

async function simulate(seeds: number, first: number): Promise<void> {
  for (let seed = first; seed < first + seeds; seed += 1) {
    try {
      console.log(`seed ${seed}: ${await simulateSchedules(seed)}`)
    } catch (error) {
      console.error(
        `seed ${seed} failed; to see it again: npm run chaos -- schedules --seeds 1 --seed ${seed}`,
      )
      throw error
    }
  }
  console.log(`${seeds} seeds, and no slot was lost or served twice`)
}

async function hurtNodes(minutes: number, seed: number): Promise<void> {
  console.log(`seed ${seed}`)
  const say = (line: string) => console.log(line)
  console.log(await nodeChaos({ seed, seconds: minutes * 60, say }))
  console.log(`${minutes} minutes, and every slot has its record (seed ${seed})`)
}
