import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { Damaged, RepositoryTooNew } from '../core/faults.ts'
import { hmac, type KeyRing } from './key-ring.ts'

/** The first line of object `repository`, as JSON; members that a later version added are kept. */
const Description = z.looseObject({
  holdfast: z.literal('repository'),
  format: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  created: z.iso.datetime(),
  /** The key slots there should be: a lost or planted one is noticed. */
  keySlots: z.array(z.string()),
  /** What a program must know before it reads, writes or prunes here; it refuses what it misses. */
  features: z.looseObject({
    read: z.array(z.string()),
    write: z.array(z.string()),
    prune: z.array(z.string()),
  }),
})
export type Description = z.infer<typeof Description>

export type Access = 'read' | 'write' | 'prune'

/** Features that this version knows; none has been needed yet. */
const KNOWN_FEATURES: ReadonlySet<string> = new Set()

export function newDescription(id: string, created: Date): Description {
  return {
    holdfast: 'repository',
    format: 1,
    id,
    created: created.toISOString(),
    keySlots: [],
    features: { read: [], write: [], prune: [] },
  }
}

/** Two lines: the description, and `hmac-sha256 <hex>` over the bytes of the first line. */
export function encodeDescription(description: Description, ring: KeyRing): Buffer {
  return sealLine(JSON.stringify(description), ring)
}

const sealLine = (line: string, ring: KeyRing): Buffer =>
  Buffer.from(`${line}\nhmac-sha256 ${hmac(ring.mac, line).toString('hex')}\n`)

/** A description whose MAC is still to be checked, for want of the key. */
export interface UnprovenDescription {
  readonly description: Description
  /** Throws Damaged when the description is not what the holder of the key wrote. */
  readonly prove: (ring: KeyRing) => void
}

/** Reads object `repository`. Throws RepositoryTooNew or Damaged. */
export function readDescription(bytes: Uint8Array, place: string): UnprovenDescription {
  const [line = ''] = Buffer.from(bytes).toString('utf8').split('\n')
  const what = `object repository in ${place}`
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch (cause) {
    throw new Damaged({ what, why: 'its first line is not JSON' }, cause)
  }
  const head = z.object({ holdfast: z.literal('repository'), format: z.number() }).safeParse(json)
  if (head.success && head.data.format > 1) {
    throw new RepositoryTooNew({ place, needs: `repository format ${head.data.format}` })
  }
  const parsed = Description.safeParse(json)
  if (!parsed.success) {
    throw new Damaged({ what, why: 'its description is not of the form of format 1' })
  }
  return {
    description: parsed.data,
    prove(ring) {
      const expected = sealLine(line, ring)
      if (bytes.length !== expected.length || !timingSafeEqual(bytes, expected)) {
        throw new Damaged({ what, why: 'its authentication code does not match' })
      }
    },
  }
}

/** Refuses a repository that needs what this version does not know. Throws RepositoryTooNew. */
export function requireFeatures(description: Description, access: Access, place: string): void {
  const needed = access === 'read' ? [] : description.features.read
  const missing = [...needed, ...description.features[access]].filter(
    feature => !KNOWN_FEATURES.has(feature),
  )
  if (missing.length > 0) {
    throw new RepositoryTooNew({ place, needs: `feature ${missing.join(', ')} to ${access}` })
  }
}
