import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useBlocker } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { CreatedRepository } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Arrival } from '../../parts/arrival.tsx'
import { ConfirmKey } from './confirm-key.tsx'
import { KeySheet } from './key-sheet.tsx'

interface RecoveryKeyProps {
  readonly created: CreatedRepository
  /** Somebody has shown that they have the key. */
  readonly onConfirmed: () => void
}

/** What opens a new repository, shown this once; it goes on only for those who have kept it. */
export function RecoveryKey({ created, onConfirmed }: RecoveryKeyProps) {
  const t = useMessages().newRepository
  const [isKept, setKept] = useState(false)
  const isConfirmed = useRef(false)
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      !isConfirmed.current && next.pathname !== current.pathname,
    enableBeforeUnload: () => !isConfirmed.current,
    withResolver: true,
  })
  const confirm = () => {
    isConfirmed.current = true
    onConfirmed()
  }
  return (
    <Stack>
      <Alert color="kelp" icon={<IconKey aria-hidden />} title={t.keyWhat}>
        {t.keyWhy}
      </Alert>
      <Arrival at={isKept ? 'asked' : 'shown'}>
        {isKept ? (
          <ConfirmKey
            recoveryKey={created.recoveryKey}
            onShow={() => setKept(false)}
            onConfirmed={confirm}
          />
        ) : (
          <>
            <KeySheet created={created} />
            <Group>
              <Button onClick={() => setKept(true)}>{t.kept}</Button>
            </Group>
          </>
        )}
      </Arrival>
      <Modal
        opened={blocker.status === 'blocked'}
        onClose={() => blocker.reset?.()}
        title={t.leaveTitle}
      >
        <Stack>
          <Text size="sm">{t.leaveText}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
              {t.stay}
            </Button>
            <Button color="red" onClick={() => blocker.proceed?.()}>
              {t.leave}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  )
}
