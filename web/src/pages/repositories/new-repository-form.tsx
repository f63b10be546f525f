import { Button, Group, Radio, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CreatedRepository } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { repositoriesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { freeName, suggestedPlace } from './place.ts'
import { RepositoryFields } from './repository-fields.tsx'

interface NewRepositoryFormProps {
  /** The answer is the only one that shows what opens it. */
  readonly onCreated: (created: CreatedRepository) => void
}

const FIELDS = ['name', 'url', 'passphrase']
const BY_CODE = {
  NAME_TAKEN: 'name',
  REPOSITORY_EXISTS: 'url',
  PLACE_NOT_EMPTY: 'url',
  PLACE_REFUSED: 'url',
  REPOSITORY_KNOWN: 'url',
  FILE_UNWRITABLE: 'url',
  STORAGE_UNREACHABLE: 'url',
  STORAGE_READ_ONLY: 'url',
}

/** Makes a repository in a new or empty directory. */
export function NewRepositoryForm({ onCreated }: NewRepositoryFormProps) {
  const t = useMessages().newRepository
  const { data } = useQuery(repositoriesQuery)
  const known = data?.repositories ?? []
  const [typedName, setName] = useState<string>()
  const [typedPlace, setPlace] = useState<string>()
  const [passphrase, setPassphrase] = useState<string>()
  const name = typedName ?? freeName('main', known)
  const place = typedPlace ?? suggestedPlace(name, known, data?.home ?? undefined)
  const create = useAct(
    () => client.createRepository({ name, url: place.trim(), ...(passphrase && { passphrase }) }),
    { onDone: onCreated, showsFault: true },
  )
  const { of, rest } = besideFields(create.error, FIELDS, BY_CODE)
  const call = (change: { name?: string; place?: string }) => {
    if (change.name !== undefined) setName(change.name)
    if (change.place !== undefined) setPlace(change.place)
  }
  return (
    <Form onSubmit={() => create.mutate()} fault={create.error}>
      <Stack>
        <RepositoryFields
          name={name}
          place={place}
          onChange={call}
          placeHint={t.placeHint}
          errorOf={of}
        />
        <Radio.Group
          label={t.passphrase}
          description={t.passphraseHint}
          value={passphrase === undefined ? 'made' : 'chosen'}
          onChange={value => setPassphrase(value === 'made' ? undefined : '')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="made" label={t.made} description={t.madeHint} />
            <Radio value="chosen" label={t.chosen} description={t.chosenHint} />
          </Stack>
        </Radio.Group>
        {passphrase !== undefined && (
          <PasswordField
            required
            withAsterisk={false}
            label={t.chosenLabel}
            autoComplete="new-password"
            value={passphrase}
            onChange={event => setPassphrase(event.currentTarget.value)}
            error={of('passphrase')}
          />
        )}
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            {t.create}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}
