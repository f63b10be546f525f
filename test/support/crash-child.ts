// A process that performs one real operation and dies by SIGKILL at one of its steps; with no step named
// it performs all of it and prints every step. Nothing in src knows of it: it watches the storage, the
// statements and the streams from outside.
import process from 'node:process'
import { Client } from 'pg'
import { systemClock as clock } from '../../src/core/clock.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Database, Dump, Restore, Survey } from '../../src/engines/engine.ts'
import { postgresEngine } from '../../src/engines/postgres/postgres.ts'
import { backup } from '../../src/operations/backup.ts'
import { forget } from '../../src/operations/forget.ts'
import { Progress } from '../../src/operations/progress.ts'
import { restore } from '../../src/operations/restore.ts'
import { Repository } from '../../src/repository/repository.ts'
import { openStorage } from '../../src/storage/index.ts'
import type { Storage } from '../../src/storage/storage.ts'
import type { Bytes } from '../../src/stream/bytes.ts'
import { childOf, RESTORING } from './processes.ts'

/** What to do, and where to die; the first argument, as JSON. */
export interface CrashTask {
  readonly operation: 'backup' | 'restore' | 'forget'
  readonly repository: string
  readonly recoveryKey: string
  /** The source or the target. */
  readonly database: string
  /** The directory of PostgreSQL's programs. */
  readonly bin: string
  /** Which backup to restore or to forget. */
  readonly backup: string
  readonly replace: boolean
  readonly dieAt: string | undefined
}

const EVERY_BYTES = 512 * 1024
const task = JSON.parse(process.argv[2] ?? '') as CrashTask
const { signal } = new AbortController()
const counts = new Map<string, number>()

/** Something is about to happen, or has happened: the n-th of its kind. */
function reach(what: string): void {
  const n = (counts.get(what) ?? 0) + 1
  counts.set(what, n)
  const step = `${what} #${n}`
  if (task.dieAt === undefined) process.stdout.write(`${step}\n`)
  else if (task.dieAt === step) process.kill(process.pid, 'SIGKILL')
}

async function around<T>(what: string, work: () => Promise<T>): Promise<T> {
  reach(`before ${what}`)
  const result = await work()
  reach(`after ${what}`)
  return result
}

/** Every call of a storage is a step, named by the kind of object it is about. */
function watchedStorage(storage: Storage): Storage {
  const kind = (key: string) => key.split('/')[0] ?? key
  return {
    place: storage.place,
    put: (key, body, options) => around(`put ${kind(key)}`, () => storage.put(key, body, options)),
    get: (key, range, during) => around(`get ${kind(key)}`, () => storage.get(key, range, during)),
    stat: (key, during) => around(`stat ${kind(key)}`, () => storage.stat(key, during)),
    list: async function* (prefix, during) {
      reach(`before list ${kind(prefix)}`)
      yield* storage.list(prefix, during)
      reach(`after list ${kind(prefix)}`)
    },
    remove: (key, during) => around(`remove ${kind(key)}`, () => storage.remove(key, during)),
    prepare: during => around('prepare', () => storage.prepare(during)),
    free: during => around('free', () => storage.free(during)),
    close: () => storage.close(),
  }
}

/** Every statement that changes something is a step, also while nobody has heard its answer. */
function watchStatements(): void {
  const prototype = Client.prototype as unknown as {
    query: (...args: unknown[]) => Promise<unknown>
  }
  const { query } = prototype
  prototype.query = function (this: Client, ...args) {
    const [given] = args
    const sql = typeof given === 'string' ? given : (given as { text?: string }).text
    if (sql === undefined) return query.apply(this, args) // rows on their way: counted as they are read
    const [first = '', second = ''] = sql.trim().toLowerCase().split(/\s+/)
    if (first === 'select') return query.apply(this, args)
    const what = `${first} ${second}`.trim()
    return around(what, async () => {
      const answer = query.apply(this, args)
      setImmediate(() => reach(`sent ${what}`))
      return await answer
    })
  }
}

async function* counted(what: string, bytes: Bytes): AsyncGenerator<Uint8Array> {
  let passed = 0
  reach(what)
  for await (const piece of bytes) {
    for (let to = passed + piece.length; passed < to; ) {
      const next = Math.min(to, (Math.floor(passed / EVERY_BYTES) + 1) * EVERY_BYTES)
      if (next % EVERY_BYTES === 0) reach(what)
      passed = next
    }
    yield piece
  }
  reach(`all ${what}`)
}

function watchedDatabase(database: Database): Database {
  return {
    name: database.name,
    dump: async (...args) => watchedDump(await database.dump(...args)),
    survey: async (...args) => watchedSurvey(await database.survey(...args)),
    inspect: (...args) => database.inspect(...args),
    restore: async (...args) => watchedRestore(await database.restore(...args)),
  }
}

function watchedDump(dump: Dump): Dump {
  return changed(dump, {
    streams: (async function* () {
      for await (const stream of dump.streams) {
        yield { ...stream, bytes: counted(`${stream.name} read`, stream.bytes) }
      }
    })(),
  })
}

const watchedSurvey = (survey: Survey): Survey =>
  changed(survey, { parts: survey.parts.map(part => counted('dump read', part)) })

function watchedRestore(work: Restore): Restore {
  return changed(work, {
    beside: watchedDatabase(work.beside),
    load: (read, during) => work.load(range => counted('dump loaded', read(range)), during),
    finish: async during => {
      const finished = work.finish(during)
      await childOf(process.pid, RESTORING, finished)
      reach('finish under way')
      await finished
    },
  })
}

/** `object` with some of its members changed; the others keep their own `this`. */
function changed<T extends object>(object: T, members: Partial<T>): T {
  return new Proxy(object, {
    get: (target, name: string) => {
      const value = members[name as keyof T] ?? target[name as keyof T]
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

async function perform(): Promise<void> {
  watchStatements()
  const recoveryKey = new Secret(task.recoveryKey)
  const storage = watchedStorage(openStorage(task.repository))
  const repository = await Repository.open(storage, { recoveryKey }, { clock }, signal)
  const engine = postgresEngine({ pgBin: task.bin, path: task.bin })
  const progress = new Progress(clock, { stage: stage => reach(`stage ${stage}`) })
  const database = watchedDatabase(engine.database(new Secret(task.database)))
  const madeBy = { holdfast: '0.0.0', host: 'crash' }
  if (task.operation === 'backup') {
    const facts = { source: database, clock, progress, madeBy, tags: {}, maxBytes: undefined }
    await backup({ repository, ...facts }, signal)
    return
  }
  const manifest = await repository.find(task.backup, signal)
  if (task.operation === 'forget') {
    await forget(repository, manifest, { force: true }, signal)
    return
  }
  const options = { replace: task.replace, disconnect: false, noOwner: false, jobs: 2 }
  const request = { repository, manifest, engine, target: database, options, clock, progress }
  await restore(request, signal)
}

await perform()
