import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { Backup } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { useNote } from './backup-acts.ts'

const MOST_LETTERS = 2000

interface NoteDialogProps {
  readonly backup: Pick<Backup, 'id' | 'repository' | 'note'>
  readonly onClose: () => void
}

/** Writes on a backup what is worth knowing about it. */
export function NoteDialog({ backup, onClose }: NoteDialogProps) {
  const t = useMessages().backups
  const { cancel } = useMessages().common
  const [text, setText] = useState(backup.note)
  const save = useNote(backup)
  return (
    <Modal opened onClose={onClose} title={t.note}>
      <form
        onSubmit={event => {
          event.preventDefault()
          save.mutate(text, { onSuccess: onClose })
        }}
      >
        <Stack>
          <Textarea
            label={t.noteLabel}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
            maxLength={MOST_LETTERS}
            autosize
            minRows={3}
            maxRows={12}
            data-autofocus
          />
          {save.error !== null && <FaultAlert error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t.noteSave}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
