import type { WebSite } from './site.ts'

/** Lets the proofs of all sessions grow too old for what cannot be taken back. */
export async function makeProofsStale({ catalog }: WebSite): Promise<void> {
  await catalog.query(`update sessions set proven_at = proven_at - interval '1 hour'`)
}
