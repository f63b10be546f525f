import { Card, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { CreatedRepository } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'
import { NewRepositoryForm } from './new-repository-form.tsx'
import { OpenRepositoryForm } from './open-repository-form.tsx'
import { RecoveryKey } from './recovery-key.tsx'

export function NewRepositoryPage() {
  const t = useMessages().newRepository
  const { repositories, viewerOnly } = useMessages().common
  const [created, setCreated] = useState<CreatedRepository>()
  const crumbs = [{ label: repositories, to: '/repositories' }] as const
  return (
    <Page title={t.title} lead={t.lead} crumbs={crumbs}>
      <OnlyFor role="admin" otherwise={<Text c="dimmed">{viewerOnly}</Text>}>
        <Card component="section" maw={720}>
          {created === undefined ? (
            <Choice onCreated={setCreated} />
          ) : (
            <CreatedOne created={created} />
          )}
        </Card>
      </OnlyFor>
    </Page>
  )
}

function CreatedOne({ created }: { readonly created: CreatedRepository }) {
  const toRepository = useRepositoryPage()
  return <RecoveryKey created={created} onConfirmed={() => toRepository(created.repository.id)} />
}

/** A new repository, or one that is there already. */
function Choice({ onCreated }: { readonly onCreated: (created: CreatedRepository) => void }) {
  const t = useMessages().newRepository
  const { how } = useSearch({ from: '/inside/repositories/new' })
  const [which, setWhich] = useState<'new' | 'there'>(how === 'open' ? 'there' : 'new')
  const toRepository = useRepositoryPage()
  return (
    <Stack>
      <SegmentedControl
        aria-label={t.which}
        value={which}
        onChange={setWhich}
        data={[
          { value: 'new', label: t.new },
          { value: 'there', label: t.there },
        ]}
      />
      <Text size="sm" c="dimmed">
        {which === 'new' ? t.newLead : t.thereLead}
      </Text>
      {which === 'new' ? (
        <NewRepositoryForm onCreated={onCreated} />
      ) : (
        <OpenRepositoryForm onOpened={({ repository }) => toRepository(repository.id)} />
      )}
    </Stack>
  )
}

/** Leads to a repository that the lists do not know yet. */
function useRepositoryPage() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (repository: string) => {
    void queries.invalidateQueries({ queryKey: ['repositories'] })
    void navigate({ to: '/repositories/$repository', params: { repository } })
  }
}
