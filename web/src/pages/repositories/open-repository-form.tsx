import { Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Refreshed } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { RepositoryFields } from './repository-fields.tsx'

type Key = 'passphrase' | 'recoveryKey'

const FIELDS = ['name', 'url', 'passphrase', 'recoveryKey']

/** Opens a repository that is there already; the server then has a key of its own to it. */
export function OpenRepositoryForm({ onOpened }: { readonly onOpened: (one: Refreshed) => void }) {
  const t = useMessages().newRepository
  const [name, setName] = useState('')
  const [place, setPlace] = useState('')
  const [kind, setKind] = useState<Key>('passphrase')
  const [key, setKey] = useState('')
  const open = useAct(
    () =>
      client.addRepository({
        name,
        url: place.trim(),
        ...(kind === 'passphrase' ? { passphrase: key } : { recoveryKey: key.trim() }),
      }),
    { onDone: onOpened, showsFault: true },
  )
  const { of, rest } = besideFields(open.error, FIELDS, {
    NAME_TAKEN: 'name',
    REPOSITORY_KNOWN: 'url',
    REPOSITORY_MISSING: 'url',
    PLACE_REFUSED: 'url',
    WRONG_PASSPHRASE: kind,
  })
  const change = (other: Key) => {
    setKind(other)
    setKey('')
  }
  const call = (change: { name?: string; place?: string }) => {
    if (change.name !== undefined) setName(change.name)
    if (change.place !== undefined) setPlace(change.place)
  }
  return (
    <Form onSubmit={() => open.mutate()} fault={open.error}>
      <Stack>
        <RepositoryFields
          name={name}
          place={place}
          onChange={call}
          placeHint={t.openPlaceHint}
          errorOf={of}
        />
        <KeyField kind={kind} onKind={change} value={key} onChange={setKey} error={of(kind)} />
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group>
          <Button type="submit" loading={open.isPending}>
            {t.open}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

interface KeyFieldProps {
  readonly kind: Key
  readonly onKind: (kind: Key) => void
  readonly value: string
  readonly onChange: (key: string) => void
  readonly error: ReactNode
}

/** What opens the repository: its passphrase or its recovery key. */
function KeyField({ kind, onKind, value, onChange, error }: KeyFieldProps) {
  const t = useMessages().newRepository
  const field = {
    required: true,
    withAsterisk: false,
    value,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
    error,
    autoComplete: 'off',
  }
  return (
    <>
      <SegmentedControl
        aria-label={t.openBy}
        value={kind}
        onChange={onKind}
        data={[
          { value: 'passphrase', label: t.passphrase },
          { value: 'recoveryKey', label: t.recoveryKey },
        ]}
      />
      {kind === 'passphrase' ? (
        <PasswordField {...field} label={t.passphrase} />
      ) : (
        <TextInput
          {...field}
          label={t.recoveryKey}
          description={t.recoveryKeyHint}
          spellCheck={false}
        />
      )}
    </>
  )
}
