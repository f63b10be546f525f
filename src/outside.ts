import { hostname } from 'node:os'
import type { BackupsFound, Outside } from './api/outside.ts'
import { systemClock } from './core/clock.ts'
import { asProbe } from './core/probe-faults.ts'
import type { Secret } from './core/secret.ts'
import type { EngineSettings } from './engines/index.ts'
import { engineNamed, engineOf, openDatabase } from './engines/index.ts'
import { preflightIn } from './jobs/transfer-process.ts'
import { addServerKey, probeSource } from './operations/adopt.ts'
import { addRecoveryKey, listKeys, removeKey, requireStrong } from './operations/keys.ts'
import { listBackups } from './operations/list.ts'
import { backupsOutside, type Transfers } from './outside-backups.ts'
import { type Key, Repository } from './repository/repository.ts'
import { openStorage, type StorageRules } from './storage/index.ts'

/** Where repositories are. */
export interface RepositoryPlaces extends StorageRules {
  /** Where new ones are made if nobody knows a better place; null: there is none. */
  readonly home?: string | null
}

/** What the API asks of databases and repositories, with every engine and storage there is. */
export const outsideOf = (
  engines: EngineSettings,
  transfers: Transfers,
  { home = null, ...rules }: RepositoryPlaces = {},
): Outside => ({
  repositoriesHome: home,

  describeSource(url) {
    const { engine, database } = openDatabase(url, engines)
    const label = database.name
    const at = label.lastIndexOf('@')
    return {
      engine: engine.name,
      label,
      host: label.slice(at + 1),
      database: at < 0 ? label : label.slice(0, at),
    }
  },

  sourceUrl: (engine, parts) => engineNamed(engine, engines).url(parts),

  sourceParts(url) {
    const { engine } = openDatabase(url, engines)
    return { engine: engine.name, ...engine.parts(url) }
  },

  listDatabases: (url, signal) => asProbe(engineOf(url, engines).databases(url, signal)),

  testSource: (url, signal) => asProbe(probeSource(openDatabase(url, engines).database, signal)),

  preflight: ({ url, key, backup }, target, choices, signal) =>
    preflightIn(
      {
        task: 'preflight',
        repository: { url: url.reveal(), recoveryKey: key.reveal(), ...rules },
        engines,
        backup,
        target: target.reveal(),
        choices,
      },
      transfers,
      signal,
    ),

  ...repositoriesOutside(rules),

  ...backupsOutside(engines, transfers, rules),
})

type OfRepositories =
  | 'createRepository'
  | 'listKeys'
  | 'addRecoveryKey'
  | 'measureRepository'
  | 'findRepository'
  | 'adoptRepository'
  | 'readBackups'
  | 'dropKey'

/** What the API asks of repositories, wherever these rules let them be. */
const repositoriesOutside = (rules: StorageRules): Pick<Outside, OfRepositories> => ({
  async createRepository(url, passphrase, signal) {
    requireStrong(passphrase)
    const storage = openStorage(url.reveal(), rules)
    try {
      const about = { passphrase, clock: systemClock }
      const { repository, recoveryKey } = await Repository.init(storage, about, signal)
      const added = await addServerKey(repository, hostname(), signal)
      return { repository: repository.id, place: repository.place, ...added, recoveryKey }
    } finally {
      await storage.close()
    }
  },

  listKeys: (url, recoveryKey, signal) =>
    withRepository({ url, rules }, { recoveryKey }, signal, repository =>
      listKeys(repository, signal),
    ),

  addRecoveryKey: (url, recoveryKey, label, signal) =>
    withRepository({ url, rules }, { recoveryKey }, signal, async repository => {
      const { slot, recoveryKey: key } = await addRecoveryKey(repository, label, signal)
      return { key, slot: slot.id }
    }),

  measureRepository: (url, recoveryKey, signal) =>
    withRepository({ url, rules }, { recoveryKey }, signal, repository => repository.usage(signal)),

  async findRepository(url, repository, signal) {
    const storage = openStorage(url.reveal(), rules)
    try {
      await Repository.find(storage, repository, signal)
    } finally {
      await storage.close()
    }
  },

  adoptRepository: (url, key, signal) =>
    withRepository({ url, rules }, key, signal, async repository => {
      const found = await backupsOf(repository, signal)
      const added = await addServerKey(repository, hostname(), signal)
      return { repository: repository.id, place: repository.place, ...added, ...found }
    }),

  readBackups: (url, recoveryKey, signal) =>
    withRepository({ url, rules }, { recoveryKey }, signal, repository =>
      backupsOf(repository, signal),
    ),

  dropKey: (url, recoveryKey, slot, signal) =>
    withRepository({ url, rules }, { recoveryKey }, signal, async repository => {
      // Whoever revoked the key before has done it already.
      const slots = await listKeys(repository, signal)
      if (slots.some(one => one.id === slot)) await removeKey(repository, slot, signal)
    }),
})

async function withRepository<T>(
  { url, rules }: { readonly url: Secret; readonly rules: StorageRules },
  key: Key,
  signal: AbortSignal,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  const storage = openStorage(url.reveal(), rules)
  try {
    return await work(await Repository.open(storage, key, { clock: systemClock }, signal))
  } finally {
    await storage.close()
  }
}

async function backupsOf(repository: Repository, signal: AbortSignal): Promise<BackupsFound> {
  const { manifests, damaged } = await listBackups(repository, undefined, signal)
  return { manifests, unreadable: damaged.map(one => one.id) }
}
