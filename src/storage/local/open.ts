import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reason } from '../../core/fault.ts'
import { WrongUse } from '../../core/faults.ts'
import type { Storage } from '../storage.ts'
import { ConfinedStorage } from './confined.ts'
import { LocalStorage } from './local.ts'

/** A directory of this machine, named by a path or a file:// URL; below one of the roots, where there are any. */
export function localStorage(
  url: string,
  { roots }: { readonly roots?: readonly string[] | undefined } = {},
): Storage {
  const place = placeOf(url)
  return roots === undefined ? new LocalStorage(place) : new ConfinedStorage(place, roots)
}

function placeOf(url: string): string {
  try {
    const path = url.startsWith('file://') ? fileURLToPath(url) : url
    if (path.includes('\0')) throw new Error('no path has the character NUL in it')
    return resolve(path)
  } catch (error) {
    throw new WrongUse(
      {
        why: `${url.replaceAll('\0', '␀')} names no directory of this machine: ${reason(error)}`,
        hint: 'write file:///path/of/the/directory, or the path alone',
      },
      error,
    )
  }
}
