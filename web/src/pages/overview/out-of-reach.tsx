import { Anchor } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Summary } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { FaultLine } from '../../parts/fault-text.tsx'
import { useNow } from '../../parts/now.tsx'
import { NeedLine } from './need-line.tsx'
import classes from './overview.module.css'

interface SentenceProps {
  readonly count: number
  /** How the sources stand. */
  readonly sources: string
  readonly isAnyNeedy: boolean
}

/** The sentence of the overview while repositories cannot be reached: no source is protected by them then. */
export function OutOfReachSentence({ count, sources, isAnyNeedy }: SentenceProps) {
  const t = useMessages().repositories.outOfReach
  return isAnyNeedy ? t.besides(sources, count) : t.sentence(count)
}

/** Which repositories these are, and why. */
export function OutOfReachLines({ unreachable }: Pick<Summary, 'unreachable'>) {
  const t = useMessages().repositories.outOfReach
  const format = useFormat()
  const now = useNow()
  return unreachable.map(({ id, name, since, failure }) => (
    <NeedLine key={id} icon={IconAlertTriangle} tone="bad">
      <Anchor
        inherit
        fw={600}
        className={classes.needName}
        renderRoot={props => (
          <Link to="/repositories/$repository" params={{ repository: id }} {...props} />
        )}
      >
        {name}
      </Anchor>{' '}
      {t.line(format.ago(since, now))} <FaultLine error={failure} />
    </NeedLine>
  ))
}
