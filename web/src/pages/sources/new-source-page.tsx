import { Button, Card, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Source } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { repositoriesQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Arrival } from '../../parts/arrival.tsx'
import { Page } from '../../parts/page.tsx'
import { Section } from '../../parts/section.tsx'
import { ConnectionForm } from './connection-form.tsx'
import { DatabasePicker } from './database-picker.tsx'
import { FirstScheduleForm } from './first-schedule-form.tsx'
import type { Reached } from './place.ts'

export function NewSourcePage() {
  const t = useMessages().newSource
  const { sources, viewerOnly } = useMessages().common
  const [added, setAdded] = useState<readonly Source[]>()
  const crumbs = [{ label: sources, to: '/sources' }] as const
  return (
    <Page title={t.title} lead={t.lead} crumbs={crumbs}>
      <OnlyFor role="admin" otherwise={<Text c="dimmed">{viewerOnly}</Text>}>
        <Arrival at={added === undefined ? 'sources' : 'schedule'}>
          {added === undefined ? (
            <Card component="section" maw={720}>
              <NewSources onAdded={setAdded} />
            </Card>
          ) : (
            <ScheduleOffer sources={added} />
          )}
        </Arrival>
      </OnlyFor>
    </Page>
  )
}

/** A server first, then which of its databases. */
export function NewSources({
  onAdded,
}: {
  readonly onAdded: (sources: readonly Source[]) => void
}) {
  const [reached, setReached] = useState<Reached>()
  return (
    <Arrival at={reached === undefined ? 'connection' : 'databases'}>
      {reached === undefined ? (
        <ConnectionForm onReached={setReached} />
      ) : (
        <DatabasePicker reached={reached} onBack={() => setReached(undefined)} onAdded={onAdded} />
      )}
    </Arrival>
  )
}

/** What has just been added is not backed up yet: one schedule for all of it. */
function ScheduleOffer({ sources }: { readonly sources: readonly Source[] }) {
  const t = useMessages().newSource
  const format = useFormat()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { data } = useQuery(repositoriesQuery)
  const [only] = sources
  const leave = async () => {
    await queries.invalidateQueries({ queryKey: ['sources'] })
    await (sources.length === 1 && only
      ? navigate({ to: '/sources/$source', params: { source: only.id } })
      : navigate({ to: '/sources' }))
  }
  const later = (
    <Button variant="default" onClick={() => void leave()}>
      {t.later}
    </Button>
  )
  const lead = t.added(format.list(sources.map(one => one.name)), sources.length)
  return (
    <Section title={t.scheduleTitle(sources.length)} lead={lead}>
      {data?.repositories.length === 0 ? (
        <Stack align="flex-start">
          <Text size="sm">{t.noRepository}</Text>
          <Button renderRoot={props => <Link to="/repositories/new" {...props} />}>
            {t.makeRepository}
          </Button>
          {later}
        </Stack>
      ) : (
        <FirstScheduleForm sources={sources} action={t.saveSchedule} then={leave} others={later} />
      )}
    </Section>
  )
}
