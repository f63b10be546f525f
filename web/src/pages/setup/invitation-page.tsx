import { Button, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { OutsideFrame } from '../../app/outside-frame.tsx'
import { client } from '../../data/client.ts'
import { accountQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAttempt } from '../../parts/attempt.ts'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { useHashToken } from './hash-token.ts'
import { NewPassword } from './new-password.tsx'

const BY_CODE = { PASSWORD_UNFIT: 'password' }

/** Where the link of an administrator leads: one sets one's own password. */
export function InvitationPage() {
  const t = useMessages().setup
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [token, setToken] = useHashToken()
  const [isTyped] = useState(token === '')
  const [password, setPassword] = useState('')
  const { attempt, isBusy, fault } = useAttempt(async () => {
    const account = await client.acceptInvitation({ token: token.trim(), password })
    // Whoever has a second factor shows it: the link stands for the password only.
    if (account === null) return await navigate({ to: '/login' })
    queries.setQueryData(accountQuery.queryKey, account)
    await navigate({ to: '/' })
  })
  const { of, rest } = besideFields(fault, ['token', 'password'], BY_CODE)
  return (
    <OutsideFrame title={t.invitation} lead={t.invitationLead}>
      <Form onSubmit={attempt} fault={fault}>
        <Stack>
          {isTyped && (
            <TextInput
              label={t.invitationToken}
              description={t.invitationTokenHint}
              autoComplete="off"
              required
              withAsterisk={false}
              value={token}
              onChange={event => setToken(event.currentTarget.value)}
              error={of('token')}
            />
          )}
          <NewPassword value={password} onChange={setPassword} error={of('password')} />
          {rest !== undefined && <FaultAlert error={rest} />}
          <Button type="submit" loading={isBusy} fullWidth>
            {t.setPassword}
          </Button>
        </Stack>
      </Form>
    </OutsideFrame>
  )
}
