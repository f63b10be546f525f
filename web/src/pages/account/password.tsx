import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../../data/client.ts'
import { accountQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import type { UserProps } from './profile.tsx'

const FIELDS = ['password', 'newPassword']
const BY_CODE = { LOGIN_REFUSED: 'password', PASSWORD_UNFIT: 'newPassword' }

/** Another password of one's own. */
export function Password({ user }: UserProps) {
  const t = useMessages().account
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [newPassword, setNewPassword] = useState('')
  const change = useAct(() => client.changePassword({ password, newPassword }), {
    done: t.passwordChanged,
    onDone: account => {
      queries.setQueryData(accountQuery.queryKey, account)
      void queries.invalidateQueries({ queryKey: ['account', 'sessions'] })
      setPassword('')
      setNewPassword('')
    },
    showsFault: true,
  })
  if (!user.hasPassword) return <Text size="sm">{t.noPassword}</Text>
  const { of, rest } = besideFields(change.error, FIELDS, BY_CODE)
  const required = { required: true, withAsterisk: false }
  return (
    <Form onSubmit={() => change.mutate()} fault={change.error}>
      <Stack maw={420}>
        {/* By it a password manager knows whose password it is. */}
        <input hidden name="username" autoComplete="username" value={user.email} readOnly />
        <PasswordField
          {...required}
          label={t.current}
          autoComplete="current-password"
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
          error={of('password')}
        />
        <PasswordField
          {...required}
          label={t.new}
          description={t.newHint}
          autoComplete="new-password"
          value={newPassword}
          onChange={event => setNewPassword(event.currentTarget.value)}
          error={of('newPassword')}
        />
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t.changePassword}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}
