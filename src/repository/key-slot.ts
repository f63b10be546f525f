import { createHash, hkdfSync, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { Damaged, RepositoryTooNew } from '../core/faults.ts'
import type { Secret } from '../core/secret.ts'
import { parseRecoveryKey } from './recovery-key.ts'
import { sealInto, TAG_BYTES, unseal } from './seal.ts'

/** What opens a repository. */
export type Key = { readonly passphrase: Secret } | { readonly recoveryKey: Secret }

const Scrypt = z
  .strictObject({
    name: z.literal('scrypt'),
    N: z.number().int().min(2),
    r: z.number().int().min(1),
    p: z.number().int().min(1),
    salt: z.base64(),
  })
  .refine(({ N, r, p }) => Number.isInteger(Math.log2(N)) && N * r * p <= MOST_WORK)
const Hkdf = z.strictObject({ name: z.literal('hkdf-sha256'), salt: z.base64() })

/** One way to the master key; the object `keys/<sha256>` holds this as JSON. */
const Slot = z.strictObject({
  format: z.literal(1),
  repository: z.string(),
  kind: z.enum(['passphrase', 'recovery']),
  label: z.string(),
  created: z.iso.datetime(),
  kdf: z.discriminatedUnion('name', [Scrypt, Hkdf]),
  /** Tells a wrong passphrase from a damaged slot before anything is unsealed. */
  check: z.base64(),
  wrapped: z.base64(),
})
type Slot = z.infer<typeof Slot>

/** A key slot as people see it. */
export interface KeySlot {
  readonly id: string
  readonly kind: 'passphrase' | 'recovery'
  readonly label: string
  readonly created: string
}

/** 0.35 s and 128 MiB for every guess at a passphrase, on a machine of 2024 (RFC 7914). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 }
/** A slot may ask for more, but not for so much that a hostile one takes the machine down: 16 times. */
const MOST_WORK = 2 ** 24
const SCRYPT_MEMORY = 3 * 1024 * 1024 * 1024

export async function makeSlot(
  key: Key,
  master: Buffer,
  about: { repository: string; label: string; created: Date },
): Promise<{ id: string; bytes: Buffer }> {
  const salt = randomBytes(32).toString('base64')
  const open = {
    format: 1 as const,
    repository: about.repository,
    kind: 'passphrase' in key ? ('passphrase' as const) : ('recovery' as const),
    label: about.label,
    created: about.created.toISOString(),
    kdf:
      'passphrase' in key
        ? { name: 'scrypt' as const, ...SCRYPT, salt }
        : { name: 'hkdf-sha256' as const, salt },
  }
  const { check, wrap } = await slotKeys(open.kdf, key)
  const wrapped = Buffer.alloc(master.length + TAG_BYTES)
  sealInto(wrapped, 0, wrap, slotAad(open), master)
  const slot: Slot = {
    ...open,
    check: check.toString('base64'),
    wrapped: wrapped.toString('base64'),
  }
  const bytes = Buffer.from(`${JSON.stringify(slot, null, 2)}\n`)
  return { id: createHash('sha256').update(bytes).digest('hex'), bytes }
}

export type ReadSlot = KeySlot & { readonly slot: Slot }

/**
 * Reads a slot's open part. Throws Damaged when it is not what was written under that name, and
 * RepositoryTooNew when it is of a kind that this version does not know.
 */
export function readSlot(id: string, bytes: Uint8Array): ReadSlot {
  const what = `key slot ${id.slice(0, 8)}`
  if (createHash('sha256').update(bytes).digest('hex') !== id) {
    throw new Damaged({ what, why: 'its bytes do not match its name' })
  }
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(bytes).toString())
  } catch (cause) {
    throw new Damaged({ what, why: 'it is not JSON' }, cause)
  }
  const parsed = Slot.safeParse(json)
  if (!parsed.success) {
    throw new RepositoryTooNew({ place: what, needs: 'another kind of key slot' })
  }
  const slot = parsed.data
  return { id, kind: slot.kind, label: slot.label, created: slot.created, slot }
}

/** The master key, or undefined when this is not the key of this slot. Throws Damaged. */
export async function openSlot(slot: Slot, key: Key): Promise<Buffer | undefined> {
  if ((slot.kind === 'passphrase') !== 'passphrase' in key) return undefined
  const { check, wrap } = await slotKeys(slot.kdf, key)
  const expected = Buffer.from(slot.check, 'base64')
  if (expected.length !== check.length || !timingSafeEqual(expected, check)) return undefined
  const master = unseal(wrap, slotAad(slot), Buffer.from(slot.wrapped, 'base64'))
  if (master === undefined) throw new Damaged({ what: 'a key slot', why: 'its seal is broken' })
  return master
}

/** Every open field is bound, in this order, so that none can be exchanged. */
const slotAad = (slot: Omit<Slot, 'check' | 'wrapped'>): Buffer =>
  Buffer.from(
    JSON.stringify([
      slot.format,
      slot.repository,
      slot.kind,
      slot.label,
      slot.created,
      Object.values(slot.kdf),
    ]),
  )

async function slotKeys(kdf: Slot['kdf'], key: Key): Promise<{ check: Buffer; wrap: Buffer }> {
  const material = await keyMaterial(kdf, key)
  const derive = (label: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', material, '', `holdfast v1 slot ${label}`, bytes))
  return { check: derive('check', 16), wrap: derive('wrap', 32) }
}

async function keyMaterial(kdf: Slot['kdf'], key: Key): Promise<Buffer> {
  const salt = Buffer.from(kdf.salt, 'base64')
  if (kdf.name === 'hkdf-sha256') {
    const bytes = 'recoveryKey' in key ? parseRecoveryKey(key.recoveryKey) : undefined
    // A mistyped key opens no slot; the checksum spares the search.
    return Buffer.from(hkdfSync('sha256', bytes ?? randomBytes(32), salt, 'holdfast recovery', 32))
  }
  const passphrase = 'passphrase' in key ? key.passphrase.reveal().normalize('NFC') : ''
  return await new Promise((resolve, reject) => {
    const cost = { N: kdf.N, r: kdf.r, p: kdf.p, maxmem: SCRYPT_MEMORY }
    scrypt(passphrase, salt, 32, cost, (error, derived) =>
      error === null ? resolve(derived) : reject(error),
    )
  })
}
