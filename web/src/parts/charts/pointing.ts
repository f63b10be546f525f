import { type KeyboardEvent, type PointerEvent, useState } from 'react'

interface Pointing {
  /** Which of the values is pointed at. */
  readonly at: number | undefined
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent) => void
    readonly onPointerLeave: () => void
    readonly onKeyDown: (event: KeyboardEvent) => void
    readonly onBlur: () => void
  }
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 7,
  PageDown: -7,
}

/**
 * Points at one of the values of a chart, by pointer or by keyboard: `indexes` are those that can be pointed at,
 * `indexAt` says which value lies at a distance from the left edge.
 */
export function usePointing(indexes: readonly number[], indexAt: (x: number) => number): Pointing {
  const [at, setAt] = useState<number>()
  const last = indexes.length - 1
  const onPointerMove = ({ clientX, currentTarget }: PointerEvent) =>
    setAt(nearest(indexes, indexAt(clientX - currentTarget.getBoundingClientRect().left)))
  const onKeyDown = (event: KeyboardEvent) => {
    const place = at === undefined ? last : indexes.indexOf(at)
    const step = STEPS[event.key]
    let to: number
    if (step !== undefined) to = Math.min(last, Math.max(0, place + step))
    else if (event.key === 'Home') to = 0
    else if (event.key === 'End') to = last
    else return
    event.preventDefault()
    setAt(indexes[to])
  }
  const forget = () => setAt(undefined)
  return { at, handlers: { onPointerMove, onPointerLeave: forget, onKeyDown, onBlur: forget } }
}

function nearest(indexes: readonly number[], wanted: number): number | undefined {
  let best: number | undefined
  for (const one of indexes) {
    if (best === undefined || Math.abs(one - wanted) < Math.abs(best - wanted)) best = one
  }
  return best
}
