import type { ReactNode } from 'react'
import classes from './pairs.module.css'

interface PairsProps {
  /** A name, and what it is; nothing where it is not told. */
  readonly pairs: readonly (readonly [name: string, value: ReactNode])[]
  /** Names above what they name, several beside each other. */
  readonly isGrid?: boolean
}

/** What is to be said of one thing. */
export function Pairs({ pairs, isGrid = false }: PairsProps) {
  return (
    <dl className={isGrid ? classes.grid : classes.pairs}>
      {pairs.map(
        ([name, value]) =>
          value !== null &&
          value !== undefined && (
            <div key={name} className={isGrid ? undefined : classes.pair}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}
