import type { ReactNode } from 'react'
import { isFault } from '../../data/client.ts'
import { FieldProblem, WholeFault } from '../../parts/beside-fields.tsx'
import type { Field } from './draft.ts'

/** The fields of the API, and where what is wrong with them is said; inner ones go with what they are in. */
const BESIDE: readonly (readonly [string, Field | 'priority' | 'maxSize' | 'timeZone'])[] = [
  ['source', 'source'],
  ['repository', 'repository'],
  ['cron', 'cron'],
  ['after', 'after'],
  ['timeZone', 'timeZone'],
  ['jitterSeconds', 'jitter'],
  ['blackout', 'blackout'],
  ['retry.delays', 'delays'],
  ['retry.networkDelays', 'networkDelays'],
  ['priority', 'priority'],
  ['maxBytes', 'maxSize'],
  ['keep', 'keep'],
]
export type Place = (typeof BESIDE)[number][1]

interface Problems {
  /** What is wrong with a field. */
  readonly of: (place: Place) => ReactNode
  /** What is about none of the fields. */
  readonly rest: unknown
}

/** Splits a fault among the fields of the form. */
export function problemsOf(error: unknown): Problems {
  const said = new Map<Place, ReactNode>()
  if (!isFault(error)) return { of: () => undefined, rest: error ?? undefined }
  if (error.code === 'WRONG_USE') {
    // What fields mean together is judged as a whole: it is about the time, the windows or the zone.
    const place = /blackout/.test(error.message)
      ? 'blackout'
      : /time zone/.test(error.message)
        ? 'timeZone'
        : /follow/.test(error.message)
          ? 'after'
          : 'cron'
    said.set(place, <WholeFault error={error} />)
    return { of: asked => said.get(asked), rest: undefined }
  }
  let isAllSaid = error.problems.length > 0
  for (const { field, why } of error.problems) {
    const place = BESIDE.find(([name]) => field === name || field.startsWith(`${name}.`))?.[1]
    if (place === undefined) isAllSaid = false
    else said.set(place, <FieldProblem why={why} />)
  }
  return { of: asked => said.get(asked), rest: isAllSaid ? undefined : error }
}
