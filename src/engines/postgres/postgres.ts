import type { Outline } from '../../core/backup.ts'
import type { ReachRules } from '../../core/network.ts'
import type { Secret } from '../../core/secret.ts'
import type { Bytes } from '../../stream/bytes.ts'
import type { Database, Engine } from '../engine.ts'
import { refuseUnreachable } from '../reach.ts'
import { ArchiveReader } from './archive.ts'
import { databasesOf } from './databases.ts'
import { startDump } from './dump.ts'
import { ForeignArchive } from './foreign.ts'
import { inspectTarget } from './inspect.ts'
import { knownFault } from './known-faults.ts'
import { OutlineBuilder } from './outline.ts'
import { prepareRestore } from './restore.ts'
import { databaseName, partsOf, type Settings, settingsOf, urlOf } from './settings.ts'
import { startSurvey } from './survey.ts'
import { ANY_VERSION, Toolbox, type ToolName, type ToolPlaces } from './tools.ts'

/** Whose wishes these are, and what is theirs; see EngineSettings. */
interface Wishes {
  readonly reach?: ReachRules | undefined
  readonly password?: Secret | undefined
  readonly passwordFile?: string | undefined
}

/** PostgreSQL 9.6 and later, by its own pg_dump and pg_restore. */
export function postgresEngine(places: ToolPlaces & Wishes): Engine {
  const { reach, password, passwordFile } = places
  const toolbox = new Toolbox(places)
  const within = (settings: Settings): Settings => {
    if (reach === undefined)
      return { ...settings, password: settings.password ?? password, passwordFile }
    refuseUnreachable(settings.host, reach)
    return { ...settings, reach }
  }
  return {
    name: 'postgres',
    schemes: ['postgres', 'postgresql'],
    database: (url: Secret) => databaseOf(within(settingsOf(url)), toolbox),
    url: urlOf,
    parts: partsOf,
    requirePrograms: async signal => {
      await toolbox.find('pg_dump', ANY_VERSION, signal)
    },
    unsafePrograms: async signal => {
      const found = async (name: ToolName) =>
        (await toolbox.all(name, signal)).flatMap(tool => knownFault(name, tool)?.fault ?? [])
      return [...(await found('pg_dump')), ...(await found('pg_restore'))]
    },
    databases: (url, signal) => databasesOf(url, within, signal),
    outlineOf,
    foreignDump: (dump, name) => new ForeignArchive(dump, name),
  }
}

function databaseOf(settings: Settings, toolbox: Toolbox): Database {
  const open = (other: Settings) => databaseOf(other, toolbox)
  return {
    name: databaseName(settings),
    dump: (options, signal) => startDump(settings, toolbox, options, signal),
    survey: (options, signal) => startSurvey(settings, toolbox, options, signal),
    restore: (backup, options, signal) =>
      prepareRestore({ target: settings, toolbox, open }, backup, options, signal),
    inspect: (backup, options, signal) =>
      inspectTarget({ target: settings, toolbox, open }, backup, options, signal),
  }
}

async function outlineOf(dump: Bytes, unordered: ReadonlySet<string>): Promise<Outline> {
  const builder = new OutlineBuilder(unordered)
  const reader = new ArchiveReader(builder)
  for await (const piece of dump) reader.push(piece)
  reader.end('pg_dump')
  return builder.outline()
}
