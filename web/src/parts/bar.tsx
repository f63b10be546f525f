import classes from './bar.module.css'
import type { Tone } from './state-badge.tsx'

interface BarProps {
  readonly label: string
  /** How much is done, from 0 to 1; nothing where nobody knows. */
  readonly share: number | undefined
  readonly tone: Tone
  /** Nothing goes on at this moment. */
  readonly isStill?: boolean
  readonly size?: 'sm' | 'lg'
}

/** A bar that fills: one element that is moved, however often it is told how far it is. */
export function Bar({ label, share, tone, isStill = false, size = 'sm' }: BarProps) {
  const known = share === undefined ? undefined : Math.min(1, Math.max(0, share))
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known === undefined ? undefined : Math.round(known * 100)}
      data-tone={tone}
      data-size={size}
      className={classes.bar}
    >
      <div
        className={classes.fill}
        data-unknown={known === undefined || undefined}
        data-still={(known === undefined && isStill) || undefined}
        style={known === undefined ? undefined : { transform: `scaleX(${known})` }}
      />
    </div>
  )
}
