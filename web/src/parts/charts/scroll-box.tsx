// oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the arrow keys
import type { ReactNode, Ref } from 'react'

interface ScrollBoxProps {
  readonly label: string
  readonly className: string | undefined
  readonly ref?: Ref<HTMLElement>
  readonly children: ReactNode
}

/** A part of the page that scrolls by itself, by keyboard, too: for that it takes the focus. */
export function ScrollBox({ label, className, ref, children }: ScrollBoxProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys must reach it
    <section ref={ref} className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
