import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
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
}

const SETTLED_MS = 8_000
const HEIGHT = 900
const UNFOLDING_MS = 700

/** Takes pictures of pages, as far as they are asked for, and notes what went wrong at it. */
export class Camera {
  readonly problems: string[] = []
  taken = 0
  readonly #directory: string
  readonly #wanted: readonly string[]
  readonly #mostHeight: number

  /** `mostHeight`: what of a page is further down is left out. */
  constructor(
    directory: string,
    wanted: readonly string[] = [],
    mostHeight = Number.POSITIVE_INFINITY,
  ) {
    mkdirSync(directory, { recursive: true })
    this.#directory = directory
    this.#wanted = wanted
    this.#mostHeight = mostHeight
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
    browser: BrowserContextOptions = {},
  ): Promise<void> {
    for (const look of looks) {
      const options = { reducedMotion: 'reduce' as const, ...browser, ...LOOKS[look] }
      const named = shots.map(shot => ({ shot, name: `${shot.name}${scene}${look}` }))
      const wanted = named.filter(({ name }) => this.wants(name))
      let page: Page | undefined
      for (const { shot, name } of wanted) {
        try {
          if (shot.isOpen) page = await site.newPage(options)
          page ??= await site.enter('/account', ADMIN, options)
          await this.#shoot(page, shot, name)
          site.assertNoFaults()
        } catch (error) {
          this.problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
          page = undefined
        }
        // What a page was made to do must not be seen on the next one.
        if (shot.isOpen || shot.act !== undefined) page = undefined
        if (page === undefined) await site.closePages()
      }
      await site.closePages()
    }
  }

  /** Takes a picture of a page as it stands. */
  async snap(page: Page, name: string, isWindow = false): Promise<void> {
    if (!this.wants(name)) return
    // What is further down may be fetched only when it is seen.
    if (isWindow) await settled(page)
    else await settled(page).catch(() => undefined)
    if (!isWindow) await growWindow(page, this.#mostHeight)
    await settled(page)
    await page.screenshot({ path: join(this.#directory, `${name}.png`), animations: 'disabled' })
    this.taken += 1
  }

  async #shoot(page: Page, shot: Shot, name: string): Promise<void> {
    const { width = 1280 } = page.viewportSize() ?? {}
    await page.setViewportSize({ width, height: HEIGHT })
    await page.goto(shot.path)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await shot.act?.(page)
    await this.snap(page, name, shot.isWindow)
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

/** Makes the window as high as its page, part of which may come only when it is seen. */
async function growWindow(page: Page, most: number): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 1280, height: HEIGHT }
  const all = await page.evaluate(() => document.documentElement.scrollHeight)
  const needed = Math.min(all, most)
  if (needed <= height) return
  await page.setViewportSize({ width, height: needed })
  // What is seen only now asks for its data after the next frame or two.
  await page.waitForTimeout(UNFOLDING_MS)
}
