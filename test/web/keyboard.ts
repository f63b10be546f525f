import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

/** More controls than any page has between two that belong together. */
const MOST_TABS = 80

/** Goes to a control by Tab alone, as whoever has no mouse does. */
export async function tabTo(page: Page, control: Locator, key = 'Tab'): Promise<void> {
  await control.waitFor()
  for (let pressed = 0; pressed <= MOST_TABS; pressed += 1) {
    if (await control.evaluate(element => element === document.activeElement)) return
    await page.keyboard.press(key)
  }
  assert.fail(`${key} does not lead to ${control.toString()}`)
}

/** Goes to a control and presses a key there. */
export async function press(page: Page, control: Locator, key = 'Enter'): Promise<void> {
  await tabTo(page, control)
  await page.keyboard.press(key)
}

/** Goes to a field, and types instead of what stands in it. */
export async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(text)
}
