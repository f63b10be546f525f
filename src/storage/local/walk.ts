import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { throwIfAborted } from '../../core/abort.ts'
import type { StoredObject } from '../storage.ts'
import { codeOf } from './trouble.ts'

/** How many entries are read, and asked for their size, at once. */
const BATCH = 64
const NAME = /^[a-z0-9_-]+$/

/** True for the relative paths that name objects. */
export const isKey = (key: string): boolean => key.split('/').every(part => NAME.test(part))

/** Every object below a directory of `root`; `except` is left out. What is not named as objects are is not ours. */
export async function* walk(
  root: string,
  dir: string,
  except: string,
  signal: AbortSignal,
): AsyncGenerator<StoredObject> {
  const folders: string[] = []
  let files: string[] = []
  for await (const entry of await opendir(join(root, dir), { bufferSize: BATCH })) {
    const key = dir === '' ? entry.name : `${dir}/${entry.name}`
    if (!NAME.test(entry.name) || key === except) continue
    if (entry.isFile()) files.push(key)
    else folders.push(key)
    if (files.length === BATCH) {
      throwIfAborted(signal, 'listing objects')
      yield* await describeAll(root, files)
      files = []
    }
  }
  yield* await describeAll(root, files)
  for (const folder of folders) {
    throwIfAborted(signal, 'listing objects')
    yield* walk(root, folder, except, signal)
  }
}

async function describeAll(root: string, keys: readonly string[]): Promise<StoredObject[]> {
  const objects = await Promise.all(keys.map(key => describe(root, key)))
  return objects.filter(object => object !== undefined)
}

/** Undefined when it is not there, or is no file. */
export async function describe(root: string, key: string): Promise<StoredObject | undefined> {
  try {
    const facts = await stat(join(root, key))
    return facts.isFile() ? { key, bytes: facts.size, modified: facts.mtime } : undefined
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR'])

/** Whether nothing of that name is there: neither a directory, nor what lies below an object, is an object. */
export const isAbsence = (error: unknown): boolean => ABSENT.has(codeOf(error) ?? '')
