import { Anchor, Button, Card, Code, Group, Skeleton } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RepositoryDetails } from '../../../../src/client/index.ts'
import { NoSuchPage } from '../../app/fallbacks.tsx'
import { OnlyFor, useMay } from '../../app/session.tsx'
import { client, isFault } from '../../data/client.ts'
import { repositoryChecksQuery, repositoryQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { isOver } from '../../live/live-store.ts'
import { useAct } from '../../parts/act.tsx'
import { AddressTabs } from '../../parts/address-tabs.tsx'
import { Ago } from '../../parts/ago.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Page } from '../../parts/page.tsx'
import { Pairs } from '../../parts/pairs.tsx'
import { part } from '../../parts/part.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import { OutOfReach } from './out-of-reach.tsx'
import { RepositoryChecks } from './repository-checks.tsx'
import { RepositorySchedules } from './repository-schedules.tsx'

const RepositoryTrends = part(() => import('./repository-trends.tsx'), 'RepositoryTrends')
const RepositoryKeys = part(() => import('./repository-keys.tsx'), 'RepositoryKeys')
const RepositorySettings = part(() => import('./repository-settings.tsx'), 'RepositorySettings')

export function RepositoryPage() {
  const { repository } = useParams({ from: '/inside/repositories/$repository' })
  const t = useMessages().repositories
  const crumbs = [{ label: t.title, to: '/repositories' }] as const
  const details = useQuery(repositoryQuery(repository))
  if (isFault(details.error) && details.error.status === 404) return <NoSuchPage />
  if (details.data !== undefined) return <Content details={details.data} />
  return (
    <Page title={t.repository} crumbs={crumbs}>
      {details.error === null ? (
        <Skeleton height={320} radius="lg" aria-busy />
      ) : (
        <FaultAlert error={details.error} onRetry={() => void details.refetch()} />
      )}
    </Page>
  )
}

interface ContentProps {
  readonly details: RepositoryDetails
}

function Content({ details }: ContentProps) {
  const t = useMessages().repositories
  const { repository } = details
  return (
    <Page
      title={repository.name}
      crumbs={[{ label: t.title, to: '/repositories' }]}
      lead={<Code style={{ overflowWrap: 'anywhere' }}>{repository.place}</Code>}
      actions={
        <Button
          variant="default"
          leftSection={<IconArchive size={16} aria-hidden />}
          renderRoot={props => (
            <Link to="/backups" search={{ repository: repository.name }} {...props} />
          )}
        >
          {t.showBackups}
        </Button>
      }
    >
      <OutOfReach {...repository} />
      <Facts details={details} />
      <RepositoryTabs details={details} />
    </Page>
  )
}

/** What it holds, and what that takes. */
function Facts({ details: { repository, dedupRatio } }: ContentProps) {
  const t = useMessages().repositories
  const format = useFormat()
  const { usedBytes, dumpBytes, backups, lastBackupAt, maxRuns } = repository
  return (
    <Card component="section" aria-label={t.facts}>
      <Pairs
        isGrid
        pairs={[
          [t.used, usedBytes === null ? t.unmeasured : format.bytes(usedBytes)],
          [t.data, format.bytes(dumpBytes)],
          [t.ratio, dedupRatio ? format.ratio(dedupRatio) : '–'],
          [
            t.backups,
            <Anchor
              key="backups"
              inherit
              renderRoot={props => (
                <Link to="/backups" search={{ repository: repository.name }} {...props} />
              )}
            >
              {format.number(backups)}
            </Anchor>,
          ],
          [t.lastBackup, <Ago key="last" time={lastBackupAt} />],
          [t.lastCheck, <LastCheck key="check" repository={repository.id} />],
          [t.maxRuns, maxRuns === null ? t.noLimit : format.number(maxRuns)],
          [t.measured, <Measured key="measured" {...repository} />],
        ]}
      />
    </Card>
  )
}

/** When somebody last looked whether all is there, and how that ended. */
function LastCheck({ repository }: { readonly repository: string }) {
  const { data } = useQuery(repositoryChecksQuery(repository))
  const last = data?.runs.find(isOver)
  return (
    <Group gap="xs">
      {data === undefined ? <Skeleton height={18} width={90} /> : <Ago time={last?.finishedAt} />}
      {last && <StateBadge run={last} size="sm" />}
    </Group>
  )
}

function Measured({ id, measuredAt }: RepositoryDetails['repository']) {
  const t = useMessages().repositories
  const queries = useQueryClient()
  const measure = useAct(() => client.measureRepository(id), {
    done: t.measureDone,
    // No event tells of it: nothing in the repository has changed.
    onDone: () => void queries.invalidateQueries({ queryKey: ['repositories'] }),
  })
  return (
    <Group gap="xs">
      <Ago time={measuredAt} />
      <OnlyFor role="operator">
        <Button
          size="compact-xs"
          variant="default"
          loading={measure.isPending}
          onClick={() => measure.mutate()}
        >
          {t.measure}
        </Button>
      </OnlyFor>
    </Group>
  )
}

const TABS = ['storage', 'checks', 'schedules', 'keys', 'settings'] as const

function RepositoryTabs({ details }: ContentProps) {
  const t = useMessages().repositories
  const { tab } = useSearch({ from: '/inside/repositories/$repository' })
  const navigate = useNavigate({ from: '/repositories/$repository' })
  const mayAct = useMay('operator')
  const contents = contentsOf(details)
  return (
    <AddressTabs
      label={details.repository.name}
      // Who may only look has nothing to set.
      tabs={TABS.filter(one => mayAct || one !== 'settings').map(name => ({
        name,
        label: t.tabs[name],
        content: contents[name],
      }))}
      wanted={tab}
      onChange={next => void navigate({ search: { tab: next }, replace: true })}
    />
  )
}

type TabContents = Readonly<Record<(typeof TABS)[number], ReactNode>>

const contentsOf = ({ repository, schedules, ...rest }: RepositoryDetails): TabContents => ({
  storage: <RepositoryTrends repository={repository.id} />,
  checks: <RepositoryChecks repository={repository.id} />,
  schedules: <RepositorySchedules schedules={schedules} />,
  keys: <RepositoryKeys repository={repository} />,
  settings: <RepositorySettings details={{ repository, schedules, ...rest }} />,
})
