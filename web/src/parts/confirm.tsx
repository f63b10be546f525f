import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { NotProven } from '../app/proof.tsx'
import { useMessages } from '../i18n/language.tsx'
import { FaultAlert } from './fault-alert.tsx'

interface ConfirmProps {
  readonly title: string
  /** What happens, and what is lost. */
  readonly children: ReactNode
  /** What the button does, in its own words: “Delete this backup”. */
  readonly action: string
  /** A text that must be typed first. */
  readonly typed?: string
  readonly color?: string
  /** Throws what went wrong, which is shown here. */
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

/** The question before something that cannot simply be taken back. It closes once that is done. */
export function Confirm({
  title,
  children,
  action,
  typed,
  color = 'red.9',
  onConfirm,
  onClose,
}: ConfirmProps) {
  const t = useMessages().common
  const [text, setText] = useState('')
  const [fault, setFault] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const confirm = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (error) {
      if (!(error instanceof NotProven)) setFault(error)
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={title}>
      <form
        onSubmit={event => {
          event.preventDefault()
          void confirm()
        }}
      >
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {typed !== undefined && (
            <TextInput
              label={t.typeToConfirm(typed)}
              value={text}
              onChange={event => setText(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {fault !== undefined && <FaultAlert error={fault} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button
              type="submit"
              color={color}
              loading={isBusy}
              disabled={typed !== undefined && text !== typed}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
