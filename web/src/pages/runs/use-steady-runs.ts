import { useEffect, useState } from 'react'
import type { Run } from '../../../../src/client/index.ts'

/** Whoever has scrolled further than this is reading. */
const READING_PX = 160

export interface SteadyRuns {
  /** What is shown; nothing until the first answer. */
  readonly runs: readonly Run[] | undefined
  /** How many newer ones there are that are not shown yet. */
  readonly fresh: number
  readonly showNewest: () => void
}

interface Held {
  readonly page: string
  readonly latest: readonly Run[]
  readonly shown: readonly Run[]
}

const isReading = () => window.scrollY > READING_PX
const none: readonly Run[] = []

/**
 * A page of runs that does not move below whoever reads it: what is new is counted, and comes when they are at the top
 * again, or ask for it. What becomes of the runs that are shown is shown at once.
 */
export function useSteadyRuns(
  page: string,
  latest: readonly Run[] | undefined,
  isNewest: boolean,
): SteadyRuns {
  const [held, setHeld] = useState<Held>()
  if (latest !== undefined && (held?.page !== page || held.latest !== latest)) {
    const isSteady = held?.page === page && isNewest && isReading()
    setHeld({ page, latest, shown: isSteady ? updated(held.shown, latest) : latest })
  }
  const shown = held?.page === page ? held.shown : undefined
  const known = new Set(shown?.map(run => run.id))
  const fresh = shown === undefined ? 0 : (latest ?? none).filter(run => !known.has(run.id)).length
  const showNewest = () => setHeld(now => now && { ...now, shown: now.latest })
  useEffect(() => {
    if (fresh === 0) return undefined
    const look = () => {
      if (!isReading()) setHeld(now => now && { ...now, shown: now.latest })
    }
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [fresh])
  return { runs: shown, fresh, showNewest }
}

function updated(shown: readonly Run[], latest: readonly Run[]): readonly Run[] {
  const now = new Map(latest.map(run => [run.id, run]))
  return shown.map(run => now.get(run.id) ?? run)
}
