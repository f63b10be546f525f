import { Anchor, Button, Skeleton } from '@mantine/core'
import { IconRestore } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { SourceDetails } from '../../../../src/client/index.ts'
import { NoSuchPage } from '../../app/fallbacks.tsx'
import { OnlyFor } from '../../app/session.tsx'
import { isFault } from '../../data/client.ts'
import { sourceQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { AddressTabs } from '../../parts/address-tabs.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Page } from '../../parts/page.tsx'
import { part } from '../../parts/part.ts'
import { SourceBackups } from './source-backups.tsx'
import { SourceFacts } from './source-facts.tsx'
import { verdictOf } from './source-need.ts'
import { SourceRuns } from './source-runs.tsx'
import { SourceSchedules } from './source-schedules.tsx'
import { BackUpNow, ProveLatest } from './source-start.tsx'
import { VerdictBadge } from './source-verdict.tsx'
import { useSourceFacts } from './source-words.ts'

const SourceTrends = part(() => import('./source-trends.tsx'), 'SourceTrends')
const SourceSettings = part(() => import('./source-settings.tsx'), 'SourceSettings')

export function SourcePage() {
  const { source } = useParams({ from: '/inside/sources/$source' })
  const t = useMessages().sources
  const crumbs = [{ label: t.title, to: '/sources' as const }]
  const details = useQuery(sourceQuery(source))
  // What was here a moment ago stays in sight while it is asked for anew; what is removed does not.
  if (isFault(details.error) && details.error.status === 404) return <NoSuchPage />
  if (details.data !== undefined) return <Content details={details.data} />
  return (
    <Page title={t.source} crumbs={crumbs}>
      {details.error === null ? (
        <Skeleton height={300} radius="lg" aria-busy />
      ) : (
        <FaultAlert error={details.error} onRetry={() => void details.refetch()} />
      )}
    </Page>
  )
}

function Content({ details }: { readonly details: SourceDetails }) {
  const t = useMessages().sources
  const { source, standing } = details
  return (
    <Page
      title={source.name}
      crumbs={[{ label: t.title, to: '/sources' }]}
      badge={<VerdictBadge line={standing} />}
      lead={<VerdictSentence details={details} />}
      actions={<Actions details={details} />}
    >
      <SourceFacts standing={standing} />
      <SourceTabs details={details} />
    </Page>
  )
}

function VerdictSentence({ details: { standing } }: { readonly details: SourceDetails }) {
  const t = useMessages().sources
  const sentence = t.standing[verdictOf(standing)](useSourceFacts(standing))
  const { lastRun } = standing
  if (lastRun?.kind !== 'backup' || lastRun.state !== 'failed') return sentence
  return (
    <>
      {sentence}{' '}
      <Anchor
        inherit
        underline="always"
        renderRoot={props => <Link to="/runs/$run" params={{ run: lastRun.id }} {...props} />}
      >
        {t.whyFailed}
      </Anchor>
    </>
  )
}

function Actions({ details: { source, standing } }: { readonly details: SourceDetails }) {
  const t = useMessages().sources
  return (
    <>
      <BackUpNow source={source} size="sm" variant="filled" />
      {standing.lastGood !== null && (
        <>
          <OnlyFor role="operator">
            <Button
              variant="default"
              leftSection={<IconRestore size={16} aria-hidden />}
              renderRoot={props => <Link to="/restore" search={{ source: source.id }} {...props} />}
            >
              {t.restore}
            </Button>
          </OnlyFor>
          <ProveLatest source={source} size="sm" />
        </>
      )}
    </>
  )
}

const TABS = ['backups', 'runs', 'schedules', 'trends', 'settings'] as const
type Tab = (typeof TABS)[number]

function SourceTabs({ details }: { readonly details: SourceDetails }) {
  const t = useMessages().sources
  const { tab } = useSearch({ from: '/inside/sources/$source' })
  const navigate = useNavigate({ from: '/sources/$source' })
  return (
    <AddressTabs
      label={details.source.name}
      tabs={TABS.map(name => ({
        name,
        label: t.tabs[name],
        content: <Panel tab={name} details={details} />,
      }))}
      wanted={tab}
      onChange={next => void navigate({ search: { tab: next }, replace: true })}
    />
  )
}

function Panel({ tab, details }: { readonly tab: Tab; readonly details: SourceDetails }) {
  const { id } = details.source
  if (tab === 'backups') return <SourceBackups source={id} />
  if (tab === 'runs') return <SourceRuns source={id} />
  if (tab === 'schedules') return <SourceSchedules source={id} schedules={details.schedules} />
  return tab === 'trends' ? <SourceTrends source={id} /> : <SourceSettings details={details} />
}
