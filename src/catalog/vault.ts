import { createCipheriv, createDecipheriv, createHmac, randomBytes, randomUUID } from 'node:crypto'
import { closeSync, fstatSync, linkSync, openSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { reason } from '../core/fault.ts'
import { SealBroken, SecretKeyMissing, SecretKeyUnfit, SecretKeyWrong } from '../core/faults.ts'
import { Secret } from '../core/secret.ts'
import { syncDirectory, writePrivately } from './data-dir.ts'
import type { Sql } from './db.ts'
import { claimSetting, readSetting } from './settings.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** How much of its fingerprint tells one key from another. */
const MARK_BYTES = 8
const VERSION = 1
const HEAD_BYTES = 1 + MARK_BYTES + NONCE_BYTES

/**
 * Seals the catalog's secrets with a key that is in a file, never in the database. A sealed value is bound
 * to its place: version (1 byte), mark of the key (8), nonce (12), AES-256-GCM text, tag (16).
 */
export class Vault {
  readonly #key: Buffer
  readonly #mark: Buffer
  readonly #path: string

  private constructor(path: string, key: Buffer) {
    this.#path = path
    this.#key = key
    this.#mark = createHmac('sha256', key)
      .update('holdfast secret key')
      .digest()
      .subarray(0, MARK_BYTES)
  }

  /** Opens the key file; makes it where there is none, unless `known` says that there must be one. */
  static open(path: string, known?: string): Vault {
    const key = readKey(path) ?? (known === undefined ? makeKey(path) : undefined)
    if (key === undefined) throw new SecretKeyMissing({ path })
    const vault = new Vault(path, key)
    if (known !== undefined && vault.mark !== known) {
      throw new SecretKeyWrong({ path, what: 'the catalog' })
    }
    return vault
  }

  /** Tells this key from others, and tells nothing of it. */
  get mark(): string {
    return this.#mark.toString('hex')
  }

  /** Seals `value` for one place: `sources.url_sealed:<id>`. It opens there and nowhere else. */
  seal(value: Secret, place: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(place))
    const text = Buffer.concat([cipher.update(value.reveal(), 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(VERSION), this.#mark, nonce, text, cipher.getAuthTag()])
  }

  unseal(sealed: Buffer, place: string): Secret {
    if (sealed[0] !== VERSION || sealed.length < HEAD_BYTES + TAG_BYTES) {
      throw new SealBroken({ place })
    }
    if (!sealed.subarray(1, 1 + MARK_BYTES).equals(this.#mark)) {
      throw new SecretKeyWrong({ path: this.#path, what: place })
    }
    const nonce = sealed.subarray(1 + MARK_BYTES, HEAD_BYTES)
    const decipher = createDecipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(place))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    try {
      const text = decipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES))
      return new Secret(Buffer.concat([text, decipher.final()]).toString('utf8'))
    } catch (error) {
      throw new SealBroken({ place }, error)
    }
  }
}

/**
 * Opens the vault of a catalog. The first start makes the key and notes its mark; from then on a missing
 * key is an error and never made anew, because what it sealed would be lost.
 */
export async function openVault(sql: Sql, path: string): Promise<Vault> {
  const vault = Vault.open(path, await readSetting(sql, 'secretKey'))
  // Another node may have been first, with a key of its own.
  if ((await claimSetting(sql, 'secretKey', vault.mark)) !== vault.mark) {
    throw new SecretKeyWrong({ path, what: 'the catalog' })
  }
  return vault
}

const HINT_NEW = 'restore it from where it was saved: 32 bytes in base64, one line'

function readKey(path: string): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
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
function makeKey(path: string): Buffer | undefined {
  const draft = `${path}.${randomUUID()}`
  try {
    writePrivately(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`)
    linkSync(draft, path)
    syncDirectory(dirname(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      const hint = 'check the directory, its rights and the space on its disk'
      throw new SecretKeyUnfit({ path, why: `could not make it: ${reason(error)}`, hint }, error)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return readKey(path)
}
