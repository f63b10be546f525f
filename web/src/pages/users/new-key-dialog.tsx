import { Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AddedApiKey, NewApiKey } from '../../../../src/client/index.ts'
import { useAccount } from '../../app/session.tsx'
import { client, SERVER } from '../../data/client.ts'
import { apiKeysQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { Command } from '../../parts/command.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { OnceShown } from './once-shown.tsx'
import { RoleField } from './role-field.tsx'
import { type Access, ScopeField, scopesOf } from './scope-field.tsx'

const DAYS = [7, 30, 90, 365, 730]

/** Makes an API key, and shows it this once. */
export function NewKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().users.keys
  const [made, setMade] = useState<AddedApiKey>()
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={made === undefined ? t.add : t.madeTitle(made.key.name)}
      // The key is shown this once: a slip of the hand does not lose it.
      closeOnClickOutside={made === undefined}
      closeOnEscape={made === undefined}
    >
      {made === undefined ? (
        <NewKeyForm onMade={setMade} onClose={onClose} />
      ) : (
        <Made secret={made.secret} onDone={onClose} />
      )}
    </Modal>
  )
}

function Made({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  const t = useMessages().users.keys
  return (
    <Stack>
      <Text size="sm">{t.madeLead}</Text>
      <OnceShown label={t.key} text={secret} />
      <Command
        lead={t.example}
        lines={[`curl -H 'Authorization: Bearer ${secret}' \\`, `  ${SERVER}/api/v1/sources`]}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t.kept}
        </Button>
      </Group>
    </Stack>
  )
}

interface NewKeyFormProps {
  readonly onMade: (made: AddedApiKey) => void
  readonly onClose: () => void
}

/** What a new key is to be. */
function useNewKey() {
  const { role: own } = useAccount()
  const [name, setName] = useState('')
  // A key lasts and is copied: more than looking is to be chosen.
  const [role, setRole] = useState<typeof own>('viewer')
  const [isLimited, setLimited] = useState(false)
  const [access, setAccess] = useState<Access>({})
  const [days, setDays] = useState('365')
  const scopes = isLimited ? scopesOf(access) : undefined
  const wanted: NewApiKey = {
    name: name.trim(),
    role,
    ...(scopes && { scopes }),
    expiresInDays: days === 'never' ? null : Number(days),
  }
  const set = { setName, setRole, setLimited, setAccess, setDays }
  return { own, name, role, isLimited, access, days, wanted, ...set }
}

function NewKeyForm({ onMade, onClose }: NewKeyFormProps) {
  const t = useMessages().users.keys
  const { cancel } = useMessages().common
  const key = useNewKey()
  const queries = useQueryClient()
  const add = useAct(() => client.addApiKey(key.wanted), {
    onDone: made => {
      onMade(made)
      // Events of keys are for administrators only.
      void queries.invalidateQueries({ queryKey: apiKeysQuery.queryKey })
    },
    showsFault: true,
  })
  const { of, rest } = besideFields(add.error, ['name'], { NAME_TAKEN: 'name' })
  return (
    <Form onSubmit={() => add.mutate()} fault={add.error}>
      <Stack>
        <TextInput
          label={t.name}
          description={t.nameHint}
          required
          withAsterisk={false}
          maxLength={100}
          autoComplete="off"
          data-autofocus
          value={key.name}
          onChange={event => key.setName(event.currentTarget.value)}
          error={of('name')}
        />
        <RoleField value={key.role} onChange={key.setRole} most={key.own} />
        <Radio.Group
          label={t.scopes}
          value={key.isLimited ? 'some' : 'all'}
          onChange={value => key.setLimited(value === 'some')}
        >
          <Stack gap="xs" mt={6}>
            <Radio value="all" label={t.everything} />
            <Radio value="some" label={t.someScopes} description={t.someScopesHint} />
          </Stack>
        </Radio.Group>
        {key.isLimited && <ScopeField value={key.access} onChange={key.setAccess} />}
        <Expires value={key.days} onChange={key.setDays} />
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {cancel}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={key.wanted.scopes?.length === 0}>
            {t.make}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

interface ExpiresProps {
  readonly value: string
  readonly onChange: (days: string) => void
}

function Expires({ value, onChange }: ExpiresProps) {
  const t = useMessages().users.keys
  return (
    <Select
      label={t.expires}
      allowDeselect={false}
      value={value}
      onChange={days => onChange(days ?? value)}
      data={[
        ...DAYS.map(days => ({ value: String(days), label: t.inDays(days) })),
        { value: 'never', label: t.neverExpires },
      ]}
      maw={280}
    />
  )
}
