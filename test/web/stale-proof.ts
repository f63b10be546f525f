import assert from 'node:assert/strict'
import { Catalog } from '../../src/catalog/db.ts'
import { joinEmbedded } from '../../src/catalog/embedded.ts'
import type { WebSite } from './site.ts'

/** Lets the proofs of all sessions grow too old for what cannot be taken back. */
export async function makeProofsStale({ dataDir }: WebSite): Promise<void> {
  const catalog = new Catalog(joinEmbedded(dataDir) ?? assert.fail('no embedded server'))
  try {
    await catalog.query(`update sessions set proven_at = proven_at - interval '1 hour'`)
  } finally {
    await catalog.close()
  }
}
