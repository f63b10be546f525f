import { config } from '../config.ts'
import { WrongUse } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import type { Database, Engine } from './engine.ts'
import { postgresEngine } from './postgres/postgres.ts'

/** Every engine. One line each. */
const engines: readonly Engine[] = [postgresEngine(config)]

/** The engine that a manifest names. */
export function engineNamed(name: string): Engine {
  const engine = engines.find(one => one.name === name)
  if (engine === undefined) {
    throw new WrongUse({
      why: `no engine is called ${name}`,
      hint: 'the backup may come from a newer version of holdfast; upgrade it',
    })
  }
  return engine
}

/** The database that a source or target URL names, with its engine. */
export function openDatabase(url: Secret): { engine: Engine; database: Database } {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(url.reveal())?.[1]
  const engine = engines.find(one => scheme !== undefined && one.schemes.includes(scheme))
  if (engine === undefined) {
    const known = engines.flatMap(one => one.schemes).map(one => `${one}://`)
    throw new WrongUse({
      why:
        scheme === undefined
          ? 'a database is named by a URL, such as postgres://user@host:5432/database'
          : `no database engine is called ${scheme}://`,
      hint: `use one of ${known.join(', ')}`,
    })
  }
  return { engine, database: engine.database(url) }
}
