import { type ReactNode, useEffect, useRef } from 'react'
import classes from './arrival.module.css'

interface ArrivalProps {
  /** Which of several contents is shown; the focus goes to another one when it comes. */
  readonly at: string
  readonly children: ReactNode
}

/**
 * Contents that follow each other in one place, each by a button of the one before. Whoever goes by keyboard or
 * hears the page goes on with the new one, not at the end of a button that is gone.
 */
export function Arrival({ at, children }: ArrivalProps) {
  const box = useRef<HTMLDivElement>(null)
  const before = useRef(at)
  useEffect(() => {
    if (before.current === at) return
    before.current = at
    // A field that takes the focus by itself keeps it.
    if (box.current?.contains(document.activeElement)) return
    box.current?.focus()
  }, [at])
  return (
    <div ref={box} tabIndex={-1} className={classes.box}>
      {children}
    </div>
  )
}
