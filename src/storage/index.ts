import { WrongUse } from '../core/faults.ts'
import { localStorage } from './local/local.ts'
import type { Storage } from './storage.ts'

/** Every storage adapter: what it is called in a URL, and how it is opened. One line each. */
const adapters: Record<string, (url: string) => Storage> = {
  file: localStorage,
}

/** Opens the storage that a repository URL names; a plain path is a local directory. */
export function openStorage(url: string): Storage {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(url)?.[1] ?? 'file'
  const open = adapters[scheme]
  if (open === undefined) {
    throw new WrongUse({
      why: `no storage is called ${scheme}://`,
      hint: `use a path, or one of ${Object.keys(adapters).join('://, ')}://`,
    })
  }
  return open(url)
}
