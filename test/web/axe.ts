import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The themes differ in their colours alone: what else is on a page is looked at once. */
const LOOKED_AT = {
  light: { type: 'tag', values: TAGS },
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
} as const

/** Fails with what keeps somebody from using a page, in its light and its dark theme. */
export async function assertAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForSelector(`html[data-mantine-color-scheme="${colorScheme}"]`)
    await page.evaluate(colorsSettled)
    const found = await violations(page, colorScheme)
    assert.deepEqual(found, [], `${page.url()} in its ${colorScheme} theme`)
  }
}

/** A colour on its way to another one has the contrast of neither. */
const colorsSettled = async (): Promise<void> => {
  const ending = document
    .getAnimations()
    .filter(one => one.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
  await Promise.allSettled(ending.map(one => one.finished))
}

async function violations(page: Page, theme: keyof typeof LOOKED_AT): Promise<string[]> {
  // Evaluated by the debugger, which the page's content policy does not bind.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const results = await page.evaluate(
    async runOnly =>
      await (
        globalThis as unknown as { axe: { run: (options: unknown) => Promise<AxeResults> } }
      ).axe.run({ runOnly, resultTypes: ['violations'] }),
    LOOKED_AT[theme],
  )
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} (${help}) ${target.join(' ')}: ${failureSummary}`,
    ),
  )
}
