import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Account } from '../../../../src/client/index.ts'
import { client, isFault } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAttempt } from '../../parts/attempt.ts'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'

interface CodeFormProps {
  /** What the server answered to the password; it holds for five minutes. */
  readonly challenge: string
  readonly email: string
  readonly onLogin: (account: Account) => void
  /** Back to e-mail address and password. */
  readonly onBack: () => void
}

/** The second step of a login: a code of the authenticator, or a recovery code. */
export function CodeForm({ challenge, email, onLogin, onBack }: CodeFormProps) {
  const t = useMessages().login
  const [isRecovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const { attempt, isBusy, fault, forget } = useAttempt(async () =>
    onLogin(await client.logIn({ challenge, code: code.trim() })),
  )
  const isWrong = isFault(fault, 'LOGIN_REFUSED', 'INVALID_INPUT')
  const change = () => {
    setRecovery(!isRecovery)
    setCode('')
    forget()
  }
  return (
    <Form onSubmit={attempt} fault={fault}>
      <Stack>
        <Text size="sm">{t.secondStep(email)}</Text>
        <TextInput
          // Another field, not the same one under another name: its text and its focus are new.
          key={String(isRecovery)}
          label={isRecovery ? t.recoveryCode : t.code}
          description={isRecovery ? t.recoveryHint : t.codeHint}
          inputMode={isRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          autoCapitalize="off"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
          data-autofocus
          value={code}
          onChange={event => setCode(event.currentTarget.value)}
          error={isWrong && t.codeWrong}
        />
        {fault !== undefined && !isWrong && <FaultAlert error={fault} />}
        <Button type="submit" loading={isBusy} fullWidth>
          {t.logIn}
        </Button>
        <Anchor component="button" type="button" size="sm" onClick={change}>
          {isRecovery ? t.useCode : t.useRecovery}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={onBack}>
          {t.another}
        </Anchor>
      </Stack>
    </Form>
  )
}
