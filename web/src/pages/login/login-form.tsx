import { Button, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Account } from '../../../../src/client/index.ts'
import { client, isFault } from '../../data/client.ts'
import { accountQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAttempt } from '../../parts/attempt.ts'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { CodeForm } from './code-form.tsx'

/** E-mail and password, and then the second factor of those who have one. */
export function LoginForm({ onLogin }: { readonly onLogin: () => void }) {
  const t = useMessages().login
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [challenge, setChallenge] = useState<string>()

  const enter = (account: Account) => {
    queries.setQueryData(accountQuery.queryKey, account)
    onLogin()
  }
  const { attempt, isBusy, fault } = useAttempt(async () => {
    try {
      enter(await client.logIn({ email, password }))
    } catch (error) {
      if (!isFault(error, 'TWO_FACTOR_REQUIRED')) throw error
      setChallenge(error.challenge)
      setPassword('')
    }
  })
  if (challenge !== undefined) {
    const again = () => setChallenge(undefined)
    return <CodeForm challenge={challenge} email={email} onLogin={enter} onBack={again} />
  }
  return (
    <Form onSubmit={attempt}>
      <Stack>
        <TextInput
          label={t.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
          autoFocus
          data-autofocus
        />
        <PasswordField
          label={t.password}
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
        />
        {fault !== undefined && <FaultAlert error={fault} />}
        <Button type="submit" loading={isBusy} fullWidth>
          {t.logIn}
        </Button>
      </Stack>
    </Form>
  )
}
