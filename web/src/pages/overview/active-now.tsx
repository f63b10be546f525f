import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMessages } from '../../i18n/language.tsx'
import { useActiveRuns, useStanding } from '../../live/live.tsx'
import { LiveRunProgress } from '../../parts/run-progress.tsx'
import { whatOf } from '../../parts/run-words.ts'
import { Section } from '../../parts/section.tsx'
import classes from './overview.module.css'

const MOST_SHOWN = 6

/** What is at work, as far as it has room; nothing where nothing is. */
export function ActiveNow() {
  const t = useMessages().overview
  const { runs } = useMessages()
  const active = useActiveRuns()
  const { more } = useStanding()
  if (active.length === 0) return null
  const hidden = Math.max(0, active.length - MOST_SHOWN) + more
  return (
    <Section
      title={t.active}
      actions={
        hidden > 0 && (
          <Anchor size="sm" renderRoot={props => <Link to="/runs" {...props} />}>
            {t.moreActive(hidden)}
          </Anchor>
        )
      }
    >
      <ul className={classes.active}>
        {active.slice(0, MOST_SHOWN).map(run => (
          <li key={run.id}>
            <Anchor
              inherit
              className={classes.activeName}
              title={whatOf(runs, run)}
              renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
            >
              {whatOf(runs, run)}
            </Anchor>
            <LiveRunProgress id={run.id} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
