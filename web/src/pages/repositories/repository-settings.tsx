import {
  Alert,
  Button,
  Group,
  List,
  NumberInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Refreshed, RepositoryDetails } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { Removal } from '../../parts/removal.tsx'
import classes from './repositories.module.css'

interface SettingsProps {
  readonly details: RepositoryDetails
}

/** What a repository is called and bears, what is known of it, and its end here. */
export function RepositorySettings({ details }: SettingsProps) {
  const { name, maxRuns } = details.repository
  return (
    <div className={classes.sections}>
      <OnlyFor role="admin">
        {/* Changes from elsewhere begin the form anew. */}
        <NameAndLimit key={`${name} ${maxRuns}`} details={details} />
      </OnlyFor>
      <Refresh details={details} />
      <OnlyFor role="admin">
        <RepositoryRemoval details={details} />
      </OnlyFor>
    </div>
  )
}

function NameAndLimit({ details: { repository } }: SettingsProps) {
  const t = useMessages().repositories.settings
  const [name, setName] = useState(repository.name)
  const [limit, setLimit] = useState<number | string>(repository.maxRuns ?? '')
  const maxRuns = limit === '' ? null : Number(limit)
  const save = useAct(() => client.editRepository(repository.id, { name: name.trim(), maxRuns }), {
    done: t.saved,
    showsFault: true,
  })
  const { of, rest } = besideFields(save.error, ['name', 'maxRuns'], { NAME_TAKEN: 'name' })
  const isSame = name.trim() === repository.name && maxRuns === repository.maxRuns
  return (
    <section aria-label={t.title}>
      <Form onSubmit={() => save.mutate()} fault={save.error}>
        <Stack gap="sm">
          <TextInput
            label={t.name}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            error={of('name')}
            required
            withAsterisk={false}
            maxLength={100}
          />
          <NumberInput
            label={t.maxRuns}
            description={t.maxRunsHint}
            placeholder={t.noLimit}
            value={limit}
            onChange={setLimit}
            error={of('maxRuns')}
            min={1}
            max={100}
            allowDecimal={false}
            allowNegative={false}
            maw={280}
          />
          {rest !== undefined && <FaultAlert error={rest} />}
          <Group>
            <Button type="submit" variant="default" loading={save.isPending} disabled={isSame}>
              {t.save}
            </Button>
          </Group>
        </Stack>
      </Form>
    </section>
  )
}

/** Looks what the repository really holds, where somebody else wrote to it. */
function Refresh({ details: { repository } }: SettingsProps) {
  const t = useMessages().repositories.settings
  const refresh = useAct(() => client.refreshRepository(repository.id), { showsFault: true })
  return (
    <section aria-label={t.refresh}>
      <Stack gap="sm" align="flex-start">
        <Title order={2}>{t.refresh}</Title>
        <Text size="sm">{t.refreshText}</Text>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={refresh.isPending}
          onClick={() => refresh.mutate()}
        >
          {t.refreshNow}
        </Button>
        {refresh.error !== null && <FaultAlert error={refresh.error} />}
        {refresh.data !== undefined && <WhatChanged found={refresh.data} />}
      </Stack>
    </section>
  )
}

function WhatChanged({ found: { adopted, dropped, unreadable } }: { readonly found: Refreshed }) {
  const t = useMessages().repositories.settings
  const isGood = unreadable.length === 0
  return (
    <Alert
      role="status"
      w="100%"
      color={isGood ? 'kelp' : 'yellow'}
      variant="light"
      title={adopted + dropped === 0 && isGood ? t.asKnown : t.refreshed}
    >
      <List size="sm">
        <List.Item>{t.adopted(adopted)}</List.Item>
        <List.Item>{t.dropped(dropped)}</List.Item>
        {!isGood && (
          <List.Item>
            {t.unreadable(unreadable.length)} <code>{unreadable.join(', ')}</code>
          </List.Item>
        )}
      </List>
    </Alert>
  )
}

function RepositoryRemoval({ details: { repository, schedules } }: SettingsProps) {
  const t = useMessages().repositories.settings
  const format = useFormat()
  const navigate = useNavigate()
  const remove = useAct(() => client.removeRepository(repository.id), {
    done: ({ warnings }) => [t.removed(repository.name), ...warnings].join(' '),
    onDone: () => void navigate({ to: '/repositories' }),
    showsFault: true,
  })
  const isPossible = schedules.length === 0
  return (
    <Removal
      action={t.remove}
      lead={isPossible ? t.removeText : t.removeFirst(schedules.length)}
      isPossible={isPossible}
      question={t.removeTitle(repository.name)}
      name={repository.name}
      onRemove={async () => await remove.mutateAsync()}
    >
      <p>{t.removeStays(format.number(repository.backups), repository.place)}</p>
      <p>{t.removeGoes}</p>
      <p>{t.removeKey}</p>
    </Removal>
  )
}
