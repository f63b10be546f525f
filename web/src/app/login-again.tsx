import { getDefaultZIndex, Modal, Stack, Text } from '@mantine/core'
import { useRouterState } from '@tanstack/react-router'
import { useMessages } from '../i18n/language.tsx'
import { LogInBy } from '../pages/login/log-in-by.tsx'
import { LoginForm } from '../pages/login/login-form.tsx'

/** A dialog that only a login closes. */
export function LoginAgain({ onLogin }: { readonly onLogin: () => void }) {
  const t = useMessages().app
  const back = useRouterState({ select: ({ location }) => location.href })
  return (
    <Modal
      opened
      // Above every other dialog that may be open.
      zIndex={getDefaultZIndex('max')}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={t.sessionOver}
    >
      <Stack>
        <Text size="sm">{t.sessionOverText}</Text>
        <LoginForm onLogin={onLogin} />
        <LogInBy back={back} />
      </Stack>
    </Modal>
  )
}
