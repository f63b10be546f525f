import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { offerSetup, setupLink } from './api/login/links.ts'
import type { Catalog } from './catalog/db.ts'
import { isPassing } from './catalog/passing.ts'
import type { ServerConfig } from './config.ts'
import { LOOPBACK } from './core/network.ts'
import type { Secret } from './core/secret.ts'
import { type EngineSettings, missingPrograms, unsafePrograms } from './engines/index.ts'
import type { Log } from './log.ts'

// What a server says to whoever starts it: who may come, what is missing, and how the first account is made.

interface Starting {
  readonly settings: ServerConfig
  readonly log: Log
  readonly signal: AbortSignal
}

const AGAIN_MS = 2_000

/** What to mind where others than this machine can connect. */
export function sayWhoMayCome({ settings: { host, web }, log }: Starting): void {
  if (web.url?.protocol === 'https:' && web.tls === undefined && web.proxies.length === 0) {
    log.warn(
      'HOLDFAST_URL is https, and neither a certificate nor a proxy with one is named (HOLDFAST_TRUSTED_PROXIES): ' +
        'cookies are given as without TLS, and all who come by a proxy count as one',
    )
  }
  const isOwn = isIP(host) === 0 ? host === 'localhost' : LOOPBACK.contains(host)
  if (isOwn) return
  if (web.tls === undefined && web.proxies.length === 0) {
    log.warn(
      `other machines can connect to ${host}, and passwords and keys go there unencrypted: name a certificate ` +
        '(HOLDFAST_TLS_CERT_FILE), or the proxy with TLS in front (HOLDFAST_TRUSTED_PROXIES)',
    )
  }
  if (web.url === undefined) {
    log.warn(
      'HOLDFAST_URL is not set: only requests that name the address of this machine are answered',
    )
  }
}

/** Tells what to install: without it there is everything but runs. And what to update. */
export async function tellPrograms(
  { log, signal }: Starting,
  engines: EngineSettings,
): Promise<void> {
  for (const error of await missingPrograms(engines, signal)) {
    log.warn({ err: error }, 'databases cannot be backed up or restored yet')
  }
  // Whoever stops the server meanwhile is not told.
  const unsafe = await unsafePrograms(engines, signal).catch(() => [])
  for (const sentence of unsafe) log.warn(sentence)
}

/** Lets the first account be made, where there is none; answers the token that it takes. */
export const openSetup = (node: Starting, catalog: Catalog): Promise<Secret | undefined> =>
  untilDone(node, 'look whether anybody has an account', () =>
    offerSetup(catalog, node.settings.setupToken),
  )

/** Tells how the first account is made; last, because it is what somebody looks for. */
export function tellSetup({ settings, log }: Starting, url: string, token: Secret): void {
  const isOurs = settings.setupToken === undefined
  const link = isOurs ? setupLink(url, token) : `${url}/setup`
  const how = isOurs ? 'within 30 minutes' : 'with HOLDFAST_SETUP_TOKEN at hand'
  log.info({ link }, `nobody has an account yet: open ${link} ${how}`)
}

/** The server answers already: a catalog that takes nothing at this moment ends nothing. */
async function untilDone<T>(
  { log, signal }: Starting,
  what: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error)) throw error
      log.warn({ err: error }, `could not ${what}: trying again`)
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  return undefined
}
