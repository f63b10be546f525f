import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { SealBroken, SecretKeyMissing, SecretKeyWrong } from '../core/faults.ts'
import { Secret } from '../core/secret.ts'
import type { Sql } from './db.ts'
import { MARK_BYTES, makeKey, markOf, putNextKey, readKey } from './key-file.ts'
import { claimSetting, readSetting } from './settings.ts'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
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
    this.#mark = markOf(key)
  }

  /** A vault with this key, which is in no file called so yet. */
  static of(path: string, key: Buffer): Vault {
    return new Vault(path, key)
  }

  /** Opens the key file; makes it where there is none, unless `known` says that there must be one. */
  static open(path: string, known?: string): Vault {
    // A change of the key may have been broken off when the catalog knew the new one already.
    if (known !== undefined) putNextKey(path, known)
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
