import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** A telephone held upright. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true } as const

/** A page may scroll downwards; what is wider than it scrolls in a box of its own. */
export async function assertNoSideways(page: Page): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>(
    '[document.scrollingElement.scrollWidth, innerWidth]',
  )
  assert.ok(content <= window, `${page.url()} is ${content} wide of ${window}`)
}
