import { Modal, Stack, Text } from '@mantine/core'
import { useMessages } from '../i18n/language.tsx'
import { LoginForm } from '../pages/login/login-form.tsx'

/** A dialog that only a login closes. */
export function LoginAgain({ onLogin }: { readonly onLogin: () => void }) {
  const t = useMessages().app
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t.sessionOver}
    >
      <Stack>
        <Text size="sm">{t.sessionOverText}</Text>
        <LoginForm onLogin={onLogin} />
      </Stack>
    </Modal>
  )
}
