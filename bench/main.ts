// `npm run bench`: measures, and writes docs/benchmarks.md from the newest results of every part.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { reason } from '../src/core/fault.ts'
import { postgresPrograms } from '../support/postgres-programs.ts'
import { tempDir } from '../support/temp-dir.ts'
import { measureApi } from './api.ts'
import { measureApiLoad } from './api-load.ts'
import { measureBackups } from './backup.ts'
import { documentOf } from './document.ts'
import { measureLive } from './live.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { measureMemory } from './memory.ts'
import { type Options, type PartName, readOptions, USAGE } from './options.ts'
import { measureParts } from './parts.ts'
import { installPeers } from './peers.ts'
import { measureRestores } from './restore.ts'
import { loadResult, type Samples, saveResult } from './results.ts'
import { measureSchedules } from './schedules.ts'
import { measureServer } from './server.ts'
import { Site } from './site.ts'
import { measureWeb } from './web.ts'

const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'benchmarks.md')
const FAILED = 1
const WRONG_USE = 2

process.exitCode = await main()

async function main(): Promise<number> {
  let options: Options
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`${reason(error)}\n\n${USAGE}`)
    return WRONG_USE
  }
  if (options.help) {
    console.log(USAGE)
    return 0
  }
  try {
    await bench(options)
    return 0
  } catch (error) {
    console.error(reason(error))
    return FAILED
  }
}

async function bench({ scale, runs, parts, load, peers }: Options): Promise<void> {
  if (peers) installPeers()
  const about = {
    date: new Date().toISOString(),
    machine: describeMachine(),
    versions: describeVersions(postgresPrograms()),
    scale,
    runs,
  }
  const installed = new Set(Object.keys(about.versions))
  const dir = tempDir()
  const save = (part: PartName, samples: Samples, dump: { dumpBytes?: number } = {}) =>
    saveResult(part, { ...about, ...dump, samples })

  if (parts.has('backup') || parts.has('restore') || parts.has('data-path')) {
    const site = await Site.prepare(scale, dir)
    const dump = { dumpBytes: site.dumpBytes }
    if (parts.has('data-path')) save('data-path', await measureParts(site.dump, runs), dump)
    if (parts.has('restore')) save('restore', await measureRestores(site, runs), dump)
    if (parts.has('backup')) save('backup', await measureBackups(site, runs, installed), dump)
    await site.server.stop()
  }
  if (parts.has('memory')) save('memory', await measureMemory(scale, dir))
  if (parts.has('schedules')) save('schedules', await measureSchedules(runs))
  if (parts.has('server')) save('server', await measureServer(scale, runs))
  if (parts.has('live')) save('live', await measureLive(runs))
  if (parts.has('api')) save('api', await measureApi(runs, load.history))
  if (parts.has('api-load')) save('api-load', await measureApiLoad(scale, runs, load))
  if (parts.has('web')) save('web', await measureWeb(runs, load.history))

  writeFileSync(DOCUMENT, documentOf(loadResult))
  console.log(`written: ${DOCUMENT}`)
}
