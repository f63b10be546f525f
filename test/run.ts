// `npm test`: format, lint, types and every test file, each in a process of its own, four at a time.
// `npm test -- storage` runs only the test files whose path contains "storage".
import { globSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { browserProgram } from '../support/browser.ts'
import { shareCluster } from '../support/postgres.ts'
import { endRunning, type Outcome, runStep, runTestFile } from './support/runner.ts'

const ROOT = join(import.meta.dirname, '..')
// Files wait for processes and for time about half of theirs: four keep two cores busy.
const FILES_AT_ONCE = 4
/** The files that take longest, as the end of a run names them; these start first. */
const LONGEST = [
  'chaos/crash-restore',
  'cli/server',
  'server/serve',
  'chaos/crash-backup',
  'api/uploads',
  'server/canary',
  'jobs/deaths',
  'jobs/leave',
  'cli/main-job',
  'engines/postgres/restore',
  'demo',
  'dashboard-demo',
  'server/closed',
  'server/accounts',
  'acceptance/secrets',
  'acceptance/memory',
  'acceptance/truth',
  'acceptance/restore',
  'server/live',
  'server/drain',
  'jobs/kinds',
  'jobs/leases',
  'jobs/control',
  'jobs/catalog-trouble',
  'jobs/large',
  'cli/exits',
  'api/downloads',
  'repository/damage',
]
const STEPS = {
  format: ['biome', 'check', '.'],
  lint: ['oxlint', '--type-aware'],
  types: ['tsc'],
  'types of the dashboard': ['tsc', '-p', 'web'],
  'types of its tests': ['tsc', '-p', 'test/web'],
}
/** What tests of the dashboard and of the package look at. */
const BUILD = ['vite', 'build', 'web', '--logLevel', 'warn']

async function main(filters: readonly string[]): Promise<void> {
  const outcomes: Outcome[] = []
  if (filters.length === 0 || filters.some(filter => /web|package/.test(filter))) {
    outcomes.push(report(await runStep('dashboard', BUILD, ROOT)))
    browserProgram() // installs it, if it must, as the next line does
  }
  shareCluster() // installs PostgreSQL, if it must, before several files want it at the same moment
  const files = longestFirst(globSync('test/**/*.test.ts', { cwd: ROOT })).filter(
    file => filters.length === 0 || filters.some(filter => file.includes(filter)),
  )
  const steps = filters.length === 0 ? Object.entries(STEPS) : []
  const work = [
    ...steps.map(
      ([name, command]) =>
        () =>
          runStep(name, command, ROOT),
    ),
    ...files.map(file => () => runTestFile(file, ROOT)),
  ].values()
  const lane = async () => {
    for (const next of work) outcomes.push(report(await next()))
  }
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, lane))
  conclude(outcomes)
}

function report(outcome: Outcome): Outcome {
  const { name, passed, skipped, failures, seconds } = outcome
  const counts = [`${passed} passed`]
  if (failures.length > 0) counts.push(`${failures.length} failed`)
  if (skipped > 0) counts.push(`${skipped} skipped`)
  const word = failures.length > 0 ? 'FAILED' : 'ok'
  console.log(`${word.padEnd(7)} ${name.padEnd(48)} ${counts.join(', ')}  ${seconds.toFixed(1)} s`)
  if (failures.length > 0) console.log(`\n${outcome.output.trimEnd()}\n`)
  return outcome
}

/** The longest files first, so that none of them runs alone at the end. */
function longestFirst(files: readonly string[]): string[] {
  const longest = LONGEST.map(name => `test/${name}.test.ts`)
  const gone = longest.filter(file => !files.includes(file))
  if (gone.length > 0) throw new Error(`LONGEST names files that are not there: ${gone.join(', ')}`)
  return [...longest, ...files.filter(file => !longest.includes(file)).sort()]
}

function slowest(outcomes: readonly Outcome[]): string {
  const files = outcomes.filter(one => one.name.endsWith('.ts'))
  const first = files.toSorted((a, b) => b.seconds - a.seconds).slice(0, 5)
  return first.map(one => `${one.name} ${one.seconds.toFixed(1)} s`).join(', ')
}

function conclude(outcomes: readonly Outcome[]): void {
  const failed = outcomes.flatMap(one => one.failures.map(failure => `${one.name}: ${failure}`))
  const passed = outcomes.reduce((sum, one) => sum + one.passed, 0)
  if (failed.length > 0) console.log(['', 'failed:', ...failed].join('\n  '))
  if (outcomes.length > 1) console.log(`slowest: ${slowest(outcomes)}`)
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exitCode = failed.length > 0 || passed === 0 ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endRunning()
    process.exit(130)
  })
}
await main(process.argv.slice(2))
