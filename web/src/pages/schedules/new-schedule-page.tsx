import { Button, Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { repositoriesQuery, sourcesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Page } from '../../parts/page.tsx'
import { newSchedule, usualDraft } from './draft.ts'
import { useEffectWords } from './schedule-acts.tsx'
import { ScheduleForm } from './schedule-form.tsx'

export function NewSchedulePage() {
  const t = useMessages()
  return (
    <Page
      title={t.schedules.newTitle}
      lead={t.schedules.newLead}
      crumbs={[{ label: t.schedules.title, to: '/schedules' }]}
    >
      <OnlyFor role="admin" otherwise={t.common.viewerOnly}>
        <NewSchedule />
      </OnlyFor>
    </Page>
  )
}

function NewSchedule() {
  const t = useMessages()
  const { source = '' } = useSearch({ from: '/inside/schedules/new' })
  const navigate = useNavigate()
  const effect = useEffectWords()
  const sources = useQuery(sourcesQuery)
  const repositories = useQuery(repositoriesQuery)
  const add = useAct(client.addSchedule, {
    done: changed => effect(t.schedules.added(changed.source), changed),
    onDone: ({ id }) => void navigate({ to: '/schedules/$schedule', params: { schedule: id } }),
    showsFault: true,
  })
  if (sources.data === undefined || repositories.data === undefined) {
    return <Skeleton height={480} />
  }
  const asked = sources.data.sources.find(({ id, name }) => id === source || name === source)
  const [only, other] = sources.data.sources
  const first = asked ?? (other === undefined ? only : undefined)
  return (
    <ScheduleForm
      first={usualDraft(first?.id ?? null, repositories.data.repositories[0]?.id ?? null)}
      action={t.schedules.addThis}
      isBusy={add.isPending}
      fault={add.error}
      onSave={draft => add.mutate(newSchedule(draft))}
      others={
        <Button variant="default" renderRoot={props => <Link to="/schedules" {...props} />}>
          {t.common.cancel}
        </Button>
      }
    />
  )
}
