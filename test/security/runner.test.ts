import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Process, processes } from '../support/processes.ts'
import { RunSite } from '../support/run-site.ts'
import { eventually } from '../support/server.ts'
import { ServerSite } from '../support/server-site.ts'

const TELLING = join(import.meta.dirname, '../support/telling-runner.ts')
/** What a program needs to run. */
const HARMLESS = ['PATH', 'TMPDIR', 'MALLOC_ARENA_MAX', 'NODE_COMPILE_CACHE', 'LC_ALL']
/** How libpq is told where its server is and with which login, and stdbuf how to write. */
const OF_PROGRAMS = /^(?:PG|HOME$|_STDBUF_O$|LD_PRELOAD$)/
/** How Node tells a child of ours where it is told more. */
const CHANNEL = ['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']

test('a run is told its own source and repository, and no other secret', async t => {
  const site = await RunSite.open(t)
  const other = await site.addSource()
  const elsewhere = await site.addRepository('elsewhere')
  const run = await site.ask(await site.addSource())
  const file = join(site.dir, 'told')
  await site.startWorker({ runner: { ...site.runner(), args: [TELLING, file] } })
  assert.equal((await site.final(run.id)).state, 'completed')
  const told = readFileSync(file, 'utf8')
  const url = site.test.server.url(await site.databaseOf(run.sourceId ?? ''))
  assert.ok(told.includes(JSON.stringify(url)) && told.includes(site.place))
  const secret = readFileSync(site.keyFile, 'utf8').trim()
  const foreign = [
    await site.databaseOf(other),
    join(site.dir, 'elsewhere'),
    elsewhere,
    site.test.url,
  ]
  for (const one of [...foreign, secret, site.keyFile]) assert.ok(!told.includes(one), one)
})

test('neither a runner nor what it starts sees the environment of the server', async t => {
  const site = await ServerSite.open(['shop'])
  t.after(() => site.close())
  const { run, letGo } = await site.heldBackup('shop')
  const server = site.server.child.pid
  const below = (all: readonly Process[], pids: readonly (number | undefined)[], cmdline: RegExp) =>
    all.filter(one => pids.includes(one.parent) && cmdline.test(one.cmdline))
  let runners: Process[] = []
  let programs: Process[] = []
  await eventually('a dump', async () => {
    const all = processes()
    runners = below(all, [server], /runner\.[jt]s/)
    programs = below(
      all,
      runners.map(one => one.pid),
      /pg_dump/,
    )
    return programs.length > 0
  })
  const namesOf = (environ: string) =>
    environ.split('\0').flatMap(line => (line === '' ? [] : [line.slice(0, line.indexOf('='))]))
  for (const { environ } of runners) {
    const more = namesOf(environ).filter(one => ![...HARMLESS, ...CHANNEL].includes(one))
    assert.deepEqual([environ.includes('PATH='), more], [true, []])
  }
  for (const { environ } of programs) {
    const more = namesOf(environ).filter(one => !HARMLESS.includes(one) && !OF_PROGRAMS.test(one))
    assert.deepEqual([environ.includes('PATH='), more], [true, []])
    assert.doesNotMatch(environ, /HOLDFAST|correct horse/)
  }
  await letGo()
  await site.completed(run)
})
