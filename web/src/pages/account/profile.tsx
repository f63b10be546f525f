import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Account } from '../../../../src/client/index.ts'
import { useAccount } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { accountQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { Pairs } from '../../parts/pairs.tsx'

export interface UserProps {
  readonly user: NonNullable<Account['user']>
}

/** Who it is; the name is one's own to change. */
export function Profile({ user }: UserProps) {
  const t = useMessages().account
  const roles = useMessages().states.role
  const { role } = useAccount()
  const queries = useQueryClient()
  const [name, setName] = useState(user.name)
  const save = useAct(() => client.editAccount({ name: name.trim() }), {
    done: t.nameSaved,
    onDone: account => queries.setQueryData(accountQuery.queryKey, account),
    showsFault: true,
  })
  const { of, rest } = besideFields(save.error, ['name'])
  return (
    <Stack>
      <Pairs
        pairs={[
          [t.email, user.email],
          [t.role, roles[role]],
        ]}
      />
      <Form onSubmit={() => save.mutate()} fault={save.error}>
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t.name}
            autoComplete="name"
            required
            withAsterisk={false}
            maxLength={100}
            flex="1 1 14rem"
            maw={360}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            error={of('name')}
          />
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={name.trim() === user.name}
          >
            {t.saveName}
          </Button>
        </Group>
        {rest !== undefined && <FaultAlert error={rest} />}
      </Form>
    </Stack>
  )
}
