import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Fault, reason } from '../core/fault.ts'
import { SecretKeyUnfit } from '../core/faults.ts'
import { syncDirectory, writePrivately } from './data-dir.ts'

const KEY_BYTES = 32
/** How much of its fingerprint tells one key from another. */
export const MARK_BYTES = 8
/** How much of it stands in the name of a file. */
const NAMED = 8

const HINT_NEW = 'restore it from where it was saved: 32 bytes in base64, one line'
const HINT_PLACE = 'check the directory, its rights and the space on its disk'

/** Tells a key from others, and tells nothing of it. */
export const markOf = (key: Buffer): Buffer =>
  createHmac('sha256', key).update('holdfast secret key').digest().subarray(0, MARK_BYTES)

/** The key in a file; undefined where there is none. Throws SecretKeyUnfit. */
export function readKey(path: string): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    const hint = 'let the user that holdfast runs as own the file'
    throw new SecretKeyUnfit({ path, why: reason(error), hint }, error)
  }
  try {
    const { mode } = fstatSync(file)
    if ((mode & 0o077) !== 0) {
      const why = `others can read it (mode ${(mode & 0o777).toString(8)})`
      throw new SecretKeyUnfit({ path, why, hint: `run: chmod 600 ${path}` })
    }
    const text = readFileSync(file, 'utf8').trim()
    const key = Buffer.from(text, 'base64')
    if (key.length === KEY_BYTES && key.toString('base64') === text) return key
    throw new SecretKeyUnfit({ path, why: 'it does not hold a key', hint: HINT_NEW })
  } finally {
    closeSync(file)
  }
}

/** Makes a key file whole or not at all, and never in place of another: a link does not replace. */
export function makeKey(path: string): Buffer | undefined {
  const draft = `${path}.${randomUUID()}`
  try {
    writePrivately(draft, keyText(randomBytes(KEY_BYTES)))
    linkSync(draft, path)
    syncDirectory(dirname(path))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw notMade(path, error)
  } finally {
    rmSync(draft, { force: true })
  }
  return readKey(path)
}

/**
 * Makes the key that is to follow the one in a file, beside it, and safe from a power cut: from the moment
 * that the catalog knows it, {@link putNextKey} brings it to its place, now or at the next start.
 */
export function makeNextKey(path: string): Buffer {
  const key = randomBytes(KEY_BYTES)
  const next = nextPath(path, markOf(key).toString('hex'))
  try {
    writePrivately(next, keyText(key))
    syncDirectory(dirname(next))
  } catch (error) {
    throw notMade(next, error)
  }
  return key
}

/**
 * Where a next key with this mark lies beside the file, it takes its place; the key that was there is kept.
 * Two that do this at the same time do it once.
 */
export function putNextKey(path: string, mark: string): void {
  const next = nextPath(path, mark)
  if (readKey(next) === undefined) return
  const place = realPath(path)
  try {
    const old = readKey(place)
    const oldMark = old && markOf(old).toString('hex')
    if (oldMark !== undefined && oldMark !== mark) linkOnce(place, oldPath(path, oldMark))
    renameSync(next, place)
    syncDirectory(dirname(place))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    if (error instanceof SecretKeyUnfit) throw error
    const why = `could not put the key of ${next} there: ${reason(error)}`
    throw new SecretKeyUnfit({ path, why, hint: HINT_PLACE }, error)
  }
}

/** Removes next keys that no catalog ever knew: whoever made them ended before that. */
export function dropNextKeys(path: string): void {
  const place = realPath(path)
  const draft = new RegExp(`^[0-9a-f]{${NAMED}}\\.new$`)
  for (const name of readdirSync(dirname(place))) {
    const start = `${basename(place)}.`
    if (!name.startsWith(start) || !draft.test(name.slice(start.length))) continue
    rmSync(join(dirname(place), name), { force: true })
  }
}

/** Where the key with this mark is kept once another one has taken its place. */
export const oldPath = (path: string, mark: string): string =>
  `${realPath(path)}.${mark.slice(0, NAMED)}.old`

const nextPath = (path: string, mark: string): string =>
  `${realPath(path)}.${mark.slice(0, NAMED)}.new`

/** The file itself, where its name is a link to it. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function linkOnce(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

const keyText = (key: Buffer): string => `${key.toString('base64')}\n`

const notMade = (path: string, error: unknown): Fault =>
  new SecretKeyUnfit({ path, why: `could not make it: ${reason(error)}`, hint: HINT_PLACE }, error)

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined
