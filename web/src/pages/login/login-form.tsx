import { Button, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { client, isFault } from '../../data/client.ts'
import { accountQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { PasswordField } from '../../parts/password-field.tsx'

/** E-mail and password, and the second factor of those who have one. */
export function LoginForm({ onLogin }: { readonly onLogin: () => void }) {
  const t = useMessages().login
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string>()
  const [fault, setFault] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)

  const logIn = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      const account = await client.logIn({ email, password, ...(code && { code }) })
      queries.setQueryData(accountQuery.queryKey, account)
      onLogin()
    } catch (error) {
      setBusy(false)
      if (isFault(error, 'TWO_FACTOR_REQUIRED')) setCode('')
      else setFault(error)
    }
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        void logIn()
      }}
    >
      <Stack>
        <TextInput
          label={t.email}
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
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
        {code !== undefined && (
          <TextInput
            label={t.code}
            description={t.codeHint}
            autoComplete="one-time-code"
            required
            withAsterisk={false}
            autoFocus
            value={code}
            onChange={event => setCode(event.currentTarget.value)}
          />
        )}
        {fault !== undefined && <FaultAlert error={fault} />}
        <Button type="submit" loading={isBusy} fullWidth>
          {t.logIn}
        </Button>
      </Stack>
    </form>
  )
}
