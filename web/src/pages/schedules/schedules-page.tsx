import { Button, Group, Stack, TextInput } from '@mantine/core'
import {
  IconCalendarPlus,
  IconCalendarTime,
  IconCalendarWeek,
  IconList,
  IconSearch,
  IconSearchOff,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { Schedule } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { schedulesQuery, sourcesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { part } from '../../parts/part.ts'
import { Section } from '../../parts/section.tsx'
import { ScheduleList } from './schedule-list.tsx'
import { SchedulerCard } from './scheduler-card.tsx'

const Week = part(() => import('./week.tsx'), 'Week')
const AT_ONCE = 100

export function SchedulesPage() {
  const t = useMessages().schedules
  const schedules = useQuery(schedulesQuery())
  const { view } = useSearch({ from: '/inside/schedules' })
  return (
    <Page title={t.title} lead={t.lead} actions={<AddSchedule />}>
      <SchedulerCard />
      <Answer query={schedules} lines={10}>
        {({ schedules: all }) => {
          if (all.length === 0) return <None />
          return (
            <Stack>
              <Views isWeek={view === 'week'} />
              {view === 'week' ? (
                <Suspense>
                  <Week schedules={all} />
                </Suspense>
              ) : (
                <List schedules={all} />
              )}
            </Stack>
          )
        }}
      </Answer>
    </Page>
  )
}

function AddSchedule() {
  const t = useMessages().schedules
  return (
    <OnlyFor role="admin">
      <Button
        leftSection={<IconCalendarPlus size={16} aria-hidden />}
        renderRoot={props => <Link to="/schedules/new" {...props} />}
      >
        {t.add}
      </Button>
    </OnlyFor>
  )
}

/** Without a source there is nothing to make a schedule for. */
function None() {
  const t = useMessages()
  const { data } = useQuery(sourcesQuery)
  const hasNoSource = data?.sources.length === 0
  const addSource = (
    <OnlyFor role="admin">
      <Button renderRoot={props => <Link to="/sources/new" {...props} />}>{t.sources.add}</Button>
    </OnlyFor>
  )
  return (
    <Empty
      icon={IconCalendarTime}
      title={t.schedules.none}
      action={hasNoSource ? addSource : undefined}
    >
      {hasNoSource ? t.schedules.noSource : t.schedules.noneText}
    </Empty>
  )
}

function Views({ isWeek }: { readonly isWeek: boolean }) {
  const t = useMessages().schedules
  const views = [
    { label: t.asList, icon: IconList, view: '', isShown: !isWeek },
    { label: t.asWeek, icon: IconCalendarWeek, view: 'week', isShown: isWeek },
  ]
  return (
    <Group component="nav" gap="xs" aria-label={t.views}>
      {views.map(({ label, icon: Icon, view, isShown }) => (
        <Button
          key={view}
          size="xs"
          variant={isShown ? 'light' : 'subtle'}
          aria-current={isShown ? 'page' : undefined}
          leftSection={<Icon size={16} aria-hidden />}
          renderRoot={props => <Link to="/schedules" search={{ view }} {...props} />}
        >
          {label}
        </Button>
      ))}
    </Group>
  )
}

function List({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const t = useMessages()
  const search = useSearch({ from: '/inside/schedules' })
  const navigate = useNavigate({ from: '/schedules' })
  const { text = '' } = search
  const look = (wanted: string) =>
    void navigate({ search: { ...search, text: wanted }, replace: true })
  const found = schedules.filter(fits(text))
  const [most, setMost] = useState(AT_ONCE)
  const nameOf = (id: string) => schedules.find(one => one.id === id)?.source
  return (
    <Stack>
      <TextInput
        maw={420}
        type="search"
        aria-label={t.schedules.search}
        placeholder={t.schedules.search}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={event => look(event.currentTarget.value)}
      />
      {found.length === 0 ? (
        <Empty
          icon={IconSearchOff}
          title={t.schedules.noneFound}
          action={
            <Button variant="default" onClick={() => look('')}>
              {t.common.clear}
            </Button>
          }
        >
          {t.schedules.noneFoundText}
        </Empty>
      ) : (
        <Section title={t.schedules.all(found.length)}>
          <ScheduleList schedules={found.slice(0, most)} nameOf={nameOf} />
          {found.length > most && (
            <Button mt="md" variant="default" onClick={() => setMost(most + AT_ONCE)}>
              {t.common.more}
            </Button>
          )}
        </Section>
      )}
    </Stack>
  )
}

function fits(text: string): (schedule: Schedule) => boolean {
  const part = text.trim().toLowerCase()
  return ({ source, repository, words, cron }) =>
    [source, repository, words, cron ?? ''].some(one => one.toLowerCase().includes(part))
}
