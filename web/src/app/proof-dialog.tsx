import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { client } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { LogInBy } from '../pages/login/log-in-by.tsx'
import { FaultAlert } from '../parts/fault-alert.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { useAccount } from './session.tsx'

/** Asks whoever sits before an open session to prove that it is theirs. */
export function ProofDialog({ onEnd }: { readonly onEnd: (end: 'proven' | 'closed') => void }) {
  const t = useMessages().app
  const { cancel } = useMessages().common
  const { user } = useAccount()
  // Whoever has a second factor proves with it, and a password would be refused.
  const byCode = user?.twoFactor === true
  const back = useRouterState({ select: ({ location }) => location.href })
  const [text, setText] = useState('')
  const [fault, setFault] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)

  const prove = async () => {
    setBusy(true)
    try {
      await client.prove(byCode ? { code: text } : { password: text })
      onEnd('proven')
    } catch (error) {
      setFault(error)
      setBusy(false)
    }
  }
  const field = {
    value: text,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    'data-autofocus': true,
    required: true,
    withAsterisk: false,
  }
  if (!byCode && user?.hasPassword === false) {
    return (
      <Modal opened onClose={() => onEnd('closed')} title={t.proofTitle}>
        <Stack>
          <Text size="sm">{t.proofText}</Text>
          <LogInBy back={back} again />
        </Stack>
      </Modal>
    )
  }
  return (
    <Modal opened onClose={() => onEnd('closed')} title={t.proofTitle}>
      <form
        onSubmit={event => {
          event.preventDefault()
          void prove()
        }}
      >
        <Stack>
          <Text size="sm">{t.proofText}</Text>
          {byCode ? (
            <TextInput {...field} label={t.code} autoComplete="one-time-code" />
          ) : (
            <PasswordField {...field} label={t.password} autoComplete="current-password" />
          )}
          {fault !== undefined && <FaultAlert error={fault} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => onEnd('closed')}>
              {cancel}
            </Button>
            <Button type="submit" loading={isBusy}>
              {t.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
