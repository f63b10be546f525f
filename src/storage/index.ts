import { WrongUse } from '../core/faults.ts'
import { localStorage } from './local/open.ts'
import type { Storage } from './storage.ts'

/** Where repositories may be, when it is somebody's wish to open one. */
export interface StorageRules {
  /** Directories of this machine below which repositories must be; undefined: anywhere. */
  readonly roots?: readonly string[] | undefined
}

/** Every storage adapter: what it is called in a URL, and how it is opened. One line each. */
const adapters: Record<string, (url: string, rules: StorageRules) => Storage> = {
  file: localStorage,
}

/** Opens the storage that a repository URL names; a plain path is a local directory. */
export function openStorage(url: string, rules: StorageRules = {}): Storage {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(url)?.[1] ?? 'file'
  const open = adapters[scheme]
  if (open === undefined) {
    throw new WrongUse({
      why: `no storage is called ${scheme}://`,
      hint: `use a path, or one of ${Object.keys(adapters).join('://, ')}://`,
    })
  }
  return open(url, rules)
}
