import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Summary } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { StripLegend } from '../../parts/charts/strip.tsx'
import { Section } from '../../parts/section.tsx'
import { byNeed } from '../sources/source-need.ts'
import { PartSteps, usePart } from '../sources/source-pages.tsx'
import { SourceTable } from '../sources/source-table.tsx'
import classes from './overview.module.css'

const AT_ONCE = 15

/** Every source, those that need attention first. */
export function Standings({ summary }: { readonly summary: Summary }) {
  const t = useMessages().overview
  const sorted = useMemo(() => summary.sources.toSorted(byNeed), [summary.sources])
  const { part, ...steps } = usePart(sorted, AT_ONCE)
  return (
    <Section
      flush
      title={t.sources}
      lead={<StripLegend />}
      actions={
        <Anchor size="sm" renderRoot={props => <Link to="/sources" {...props} />}>
          {t.allSources(sorted.length)}
        </Anchor>
      }
    >
      <div className={classes.sources}>
        <SourceTable label={t.sources} lines={part} firstDay={summary.firstDay} />
        <PartSteps {...steps} total={sorted.length} />
      </div>
    </Section>
  )
}
