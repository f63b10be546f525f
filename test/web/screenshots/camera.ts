import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { PHONE } from '../phone.ts'
import { ADMIN, type WebSite } from '../site.ts'

/** How a page is looked at; what is added to the names of its pictures. */
const LOOKS: Readonly<Record<Look, BrowserContextOptions>> = {
  '': {},
  '-dark': { colorScheme: 'dark' },
  '-narrow': PHONE,
}
export type Look = '' | '-dark' | '-narrow'

/** A picture of a page in a scene. */
export interface Shot {
  /** Of the picture: `restore-check`. */
  readonly name: string
  readonly path: string
  /** What is done on the page before. */
  readonly act?: (page: Page) => Promise<void>
  /** Nobody has logged in. */
  readonly isOpen?: true
  /** Only what fits into the window. */
  readonly isWindow?: true
  /** What the browser says of itself besides. */
  readonly browser?: BrowserContextOptions
}

const SETTLED_MS = 8_000

/** Takes pictures of pages, as far as they are asked for, and notes what went wrong at it. */
export class Camera {
  readonly problems: string[] = []
  taken = 0
  readonly #directory: string
  readonly #wanted: readonly string[]

  constructor(directory: string, wanted: readonly string[] = []) {
    mkdirSync(directory, { recursive: true })
    this.#directory = directory
    this.#wanted = wanted
  }

  /** Whether a picture is asked for: by its name, or by the beginning of it up to a hyphen. */
  wants(name: string): boolean {
    if (this.#wanted.length === 0) return true
    return this.#wanted.some(one => name === one || name.startsWith(`${one}-`))
  }

  /** Whether any picture is asked for whose name begins so. */
  wantsAny(beginning: string): boolean {
    return this.wants(beginning) || this.#wanted.some(one => one.startsWith(`${beginning}-`))
  }

  /** Takes each shot in each look; what a page writes into its console as an error is a problem. */
  async take(
    site: WebSite,
    scene: string,
    shots: readonly Shot[],
    looks: readonly Look[] = ['', '-dark', '-narrow'],
  ): Promise<void> {
    for (const shot of shots) {
      for (const look of looks) {
        const name = `${shot.name}${scene}${look}`
        if (this.wants(name)) await this.#note(name, () => this.#shoot(site, shot, look, name))
      }
    }
  }

  /** Takes a picture of a page as it stands. */
  async snap(page: Page, name: string, isWindow = false): Promise<void> {
    if (!this.wants(name)) return
    await settled(page)
    const path = join(this.#directory, `${name}.png`)
    await page.screenshot({ path, fullPage: !isWindow, animations: 'disabled' })
    this.taken += 1
  }

  async #note(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  async #shoot(site: WebSite, shot: Shot, look: Look, name: string): Promise<void> {
    const options = { reducedMotion: 'reduce' as const, ...shot.browser, ...LOOKS[look] }
    try {
      const page = shot.isOpen
        ? await site.newPage(options)
        : await site.enter(shot.path, ADMIN, options)
      if (shot.isOpen) await page.goto(shot.path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await shot.act?.(page)
      await this.snap(page, name, shot.isWindow)
    } finally {
      await site.closePages()
    }
    site.assertNoFaults()
  }
}

/** Waits until nothing is on its way and no skeleton is left. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: SETTLED_MS }).catch(() => undefined)
  await page
    .locator('.mantine-Skeleton-root')
    .first()
    .waitFor({ state: 'detached', timeout: SETTLED_MS })
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
}

/** Fewer colours, where a tool for that is at hand: a third of the bytes, and nobody sees it. */
export async function quantise(path: string): Promise<void> {
  const args = [path, '-strip', '-dither', 'None', '-colors', '255', `PNG8:${path}`]
  await promisify(execFile)('convert', args).catch(() => undefined)
}
