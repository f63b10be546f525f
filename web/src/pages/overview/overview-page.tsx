import { Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { IconShieldPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { Summary } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { summaryQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Page } from '../../parts/page.tsx'
import { part } from '../../parts/part.ts'
import { ActiveNow } from './active-now.tsx'
import { Figures } from './figures.tsx'
import { Hero } from './hero.tsx'
import classes from './overview.module.css'
import { Standings } from './standings.tsx'

const Trends = part(() => import('./trends.tsx'), 'Trends')

/** Whether one could recover, at a glance; and what to do where one could not. */
export function OverviewPage() {
  const t = useMessages().overview
  const summary = useQuery(summaryQuery())
  return (
    <Page title={t.title}>
      {summary.data !== undefined ? (
        <Content summary={summary.data} />
      ) : summary.error !== null ? (
        <FaultAlert error={summary.error} onRetry={() => void summary.refetch()} />
      ) : (
        <OnItsWay />
      )}
    </Page>
  )
}

function Content({ summary }: { readonly summary: Summary }) {
  if (summary.sources.length === 0) return <NothingYet />
  return (
    <>
      <Hero summary={summary} />
      <Figures />
      <ActiveNow />
      <Standings summary={summary} />
      <WhenSeen />
    </>
  )
}

/** Charts are fetched when somebody comes near them. */
function WhenSeen() {
  const { ref, entry } = useIntersection({ rootMargin: '200px' })
  const [wasSeen, setSeen] = useState(false)
  if (entry?.isIntersecting && !wasSeen) setSeen(true)
  return (
    <div ref={ref} className={classes.trends}>
      {wasSeen && (
        <Suspense fallback={<Skeleton height="100%" radius="lg" />}>
          <Trends />
        </Suspense>
      )}
    </div>
  )
}

function NothingYet() {
  const t = useMessages().overview
  return (
    <Card component="section" aria-label={t.verdict}>
      <Empty
        icon={IconShieldPlus}
        title={t.nothing}
        action={
          <OnlyFor role="admin" otherwise={<Text size="sm">{t.nothingForOthers}</Text>}>
            <Button size="md" renderRoot={props => <Link to="/welcome" {...props} />}>
              {t.begin}
            </Button>
          </OnlyFor>
        }
      >
        {t.nothingText}
      </Empty>
    </Card>
  )
}

/** As large as what comes. */
function OnItsWay() {
  return (
    <Stack gap="lg" aria-busy>
      <Skeleton height={116} radius="lg" />
      <Group grow>
        {[1, 2, 3, 4].map(one => (
          <Skeleton key={one} height={98} radius="lg" />
        ))}
      </Group>
      <Skeleton height={320} radius="lg" />
    </Stack>
  )
}
