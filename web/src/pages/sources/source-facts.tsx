import { Card } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Standing } from '../../../../src/client/index.ts'
import { summaryQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Strip, StripLegend } from '../../parts/charts/strip.tsx'
import classes from './source.module.css'
import { SourceAge } from './source-age.tsx'
import { RunAtWork, useRunsBySource } from './source-live.tsx'

/** How a source stands, and how its last days were; and what is at work on it now. */
export function SourceFacts({ standing }: { readonly standing: Standing }) {
  const t = useMessages().sources
  const run = useRunsBySource().get(standing.id)
  const { data } = useQuery(summaryQuery())
  const line = data?.sources.find(({ id }) => id === standing.id)
  return (
    <Card component="section" aria-label={t.facts}>
      {run !== undefined && <RunAtWork run={run.id} />}
      <div className={classes.standing}>
        <dl className={classes.facts}>
          <div>
            <dt>{t.lastGood}</dt>
            <dd>
              <SourceAge line={standing} />
            </dd>
          </div>
          <div>
            <dt>{t.lastProof}</dt>
            <dd>
              <Ago time={standing.lastProofAt} />
            </dd>
          </div>
          <div>
            <dt>{t.nextRun}</dt>
            <dd>
              <Ago time={standing.nextRunAt} never={t.noNextRun} />
            </dd>
          </div>
        </dl>
        <figure className={classes.days}>
          <figcaption>{t.lastDays}</figcaption>
          {data && line && (
            <Strip strip={line.strip} firstDay={data.firstDay} name={standing.name} size="page" />
          )}
          <StripLegend />
        </figure>
      </div>
    </Card>
  )
}
