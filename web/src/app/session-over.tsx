import { Modal, Stack, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useMessages } from '../i18n/language.tsx'
import { useSessionEnd } from './session.tsx'

const LoginForm = lazy(async () => ({
  default: (await import('../pages/login/login-form.tsx')).LoginForm,
}))

/** Asks whoever was logged out to log in again, above the page they were on. */
export function SessionOver() {
  const t = useMessages().app
  const [hasEnded, goOn] = useSessionEnd()
  return (
    <Modal
      opened={hasEnded}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t.sessionOver}
    >
      <Stack>
        <Text size="sm">{t.sessionOverText}</Text>
        <Suspense>
          <LoginForm onLogin={goOn} />
        </Suspense>
      </Stack>
    </Modal>
  )
}
