import { Button, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { client, isFault } from '../../data/client.ts'
import { accountQuery, setupQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAttempt } from '../../parts/attempt.ts'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { NewPassword } from './new-password.tsx'

interface SetupFormProps {
  readonly token: string
  readonly onToken: (token: string) => void
}

const FIELDS = ['token', 'email', 'name', 'password']
const BY_CODE = { SETUP_REFUSED: 'token', PASSWORD_UNFIT: 'password' }

/** Makes the first account, which is an administrator's. */
export function SetupForm({ token, onToken }: SetupFormProps) {
  const t = useMessages().setup
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [isTyped] = useState(token === '')
  const [{ name, email, password }, setFields] = useState({ name: '', email: '', password: '' })
  const { attempt, isBusy, fault } = useAttempt(async () => {
    try {
      const account = await client.setUp({ token: token.trim(), name, email, password })
      queries.setQueryData(accountQuery.queryKey, account)
      await navigate({ to: '/welcome' })
    } catch (error) {
      // Somebody else was faster: the page says so.
      if (!isFault(error, 'SETUP_DONE', 'NOT_FOUND')) throw error
      await queries.invalidateQueries({ queryKey: setupQuery.queryKey })
    }
  })
  const { of, rest } = besideFields(fault, FIELDS, BY_CODE)
  const change = (part: 'name' | 'email' | 'password') => (value: string) =>
    setFields(fields => ({ ...fields, [part]: value }))
  const required = { required: true, withAsterisk: false }
  return (
    <Form onSubmit={attempt} fault={fault}>
      <Stack>
        {(isTyped || token === '' || of('token') !== undefined) && (
          <TextInput
            {...required}
            label={t.token}
            description={t.tokenHint}
            autoComplete="off"
            spellCheck={false}
            value={token}
            onChange={event => onToken(event.currentTarget.value)}
            error={of('token')}
          />
        )}
        <TextInput
          {...required}
          label={t.name}
          autoComplete="name"
          autoFocus={!isTyped}
          value={name}
          onChange={event => change('name')(event.currentTarget.value)}
          error={of('name')}
        />
        <TextInput
          {...required}
          label={t.email}
          type="email"
          autoComplete="username"
          value={email}
          onChange={event => change('email')(event.currentTarget.value)}
          error={of('email')}
        />
        <NewPassword value={password} onChange={change('password')} error={of('password')} />
        {rest !== undefined && <FaultAlert error={rest} />}
        <Button type="submit" loading={isBusy} fullWidth>
          {t.create}
        </Button>
      </Stack>
    </Form>
  )
}
