import type { Fault } from '../core/fault.ts'
import { ToolMissing, WrongUse } from '../core/faults.ts'
import type { ReachRules } from '../core/network.ts'
import type { Secret } from '../core/secret.ts'
import type { Database, Engine } from './engine.ts'
import { postgresEngine } from './postgres/postgres.ts'

/** What engines must know of the machine. */
export interface EngineSettings {
  /** The PATH that programs are looked for in. */
  readonly path: string
  /** Directory with PostgreSQL's programs, looked into before the well-known places. */
  readonly pgBin: string | undefined
  /** To which addresses they connect for somebody else; undefined: it is our own wish, so to any. */
  readonly reach?: ReachRules | undefined
  /**
   * What the environment of whoever types a command has for logins without a password, and the file where to look
   * else. Not for the wishes of others: where there are rules, neither is used.
   */
  readonly password?: Secret | undefined
  readonly passwordFile?: string | undefined
}

/** Every engine. One line each. */
const enginesFor = (settings: EngineSettings): readonly Engine[] => [postgresEngine(settings)]

/** The engine that manifests and sources call by this name. Throws WrongUse. */
export function engineNamed(name: string, settings: EngineSettings): Engine {
  const engine = enginesFor(settings).find(one => one.name === name)
  if (engine !== undefined) return engine
  const known = enginesFor(settings).map(one => one.name)
  throw new WrongUse({
    why: `no database engine is called ${name}`,
    hint: `use one of ${known.join(', ')}`,
  })
}

/** What is not on this machine and has to be, before databases can be backed up or restored. */
export async function missingPrograms(
  settings: EngineSettings,
  signal: AbortSignal,
): Promise<Fault[]> {
  const missing: Fault[] = []
  for (const engine of enginesFor(settings)) {
    await engine.requirePrograms(signal).catch((error: unknown) => {
      if (error instanceof ToolMissing) missing.push(error)
    })
  }
  return missing
}

/** What is known to be unsafe of the programs on this machine that databases are backed up and restored with. */
export async function unsafePrograms(
  settings: EngineSettings,
  signal: AbortSignal,
): Promise<string[]> {
  const found = enginesFor(settings).map(engine => engine.unsafePrograms(signal))
  return (await Promise.all(found)).flat()
}

/** The engine that a URL is for. Throws WrongUse. */
export function engineOf(url: Secret, settings: EngineSettings): Engine {
  const engines = enginesFor(settings)
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(url.reveal())?.[1]
  const engine = engines.find(one => scheme !== undefined && one.schemes.includes(scheme))
  if (engine !== undefined) return engine
  const known = engines.flatMap(one => one.schemes).map(one => `${one}://`)
  throw new WrongUse({
    why:
      scheme === undefined
        ? 'a database is named by a URL, such as postgres://user@host:5432/database'
        : `no database engine is called ${scheme}://`,
    hint: `use one of ${known.join(', ')}`,
  })
}

/** The database that a source or target URL names, with its engine. Throws WrongUse. */
export function openDatabase(
  url: Secret,
  settings: EngineSettings,
): { engine: Engine; database: Database } {
  const engine = engineOf(url, settings)
  return { engine, database: engine.database(url) }
}
