/** So many places are remembered: no dialog stands on more of them. */
const MOST = 20

interface Place {
  readonly element: HTMLElement
  /** Not of a dialog or a menu, which stand beside the page. */
  readonly isOfPage: boolean
}

/**
 * A dialog is taken away whole, with the focus in it, and so is a menu. The focus then goes back to where it was
 * before; without that, whoever has no mouse would begin again at the top of the page. What is taken out of the
 * page itself leaves its place to what comes instead.
 */
export function giveFocusBack(page: HTMLElement): void {
  let trail: readonly Place[] = []
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return
    trail = [...trail.slice(1 - MOST), { element: target, isOfPage: page.contains(target) }]
  })
  const giveBack = () => {
    const last = trail.at(-1)
    if (!last || last.element.isConnected || document.activeElement !== document.body) return
    trail = trail.filter(({ element }) => element.isConnected)
    if (!last.isOfPage) trail.at(-1)?.element.focus({ preventScroll: true })
  }
  new MutationObserver(giveBack).observe(document.body, { childList: true, subtree: true })
}
