import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Backup } from '../../../../src/client/index.ts'
import { client, isFault } from '../../data/client.ts'
import { settingsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { sourceOf } from './backup-signs.tsx'

interface DeleteDialogProps {
  readonly backup: Backup
  readonly onClose: () => void
}

/** Asks before a backup is deleted, and twice before the last good one of its source is. */
export function DeleteDialog({ backup, onClose }: DeleteDialogProps) {
  const t = useMessages().backups
  const format = useFormat()
  const [isLast, setLast] = useState(false)
  const { data: settings } = useQuery(settingsQuery)
  const hours = settings?.deleteGraceHours
  const source = sourceOf(backup)
  const remove = useAct(
    () =>
      client.deleteBackup(backup.id, isLast ? { lastToo: true, source } : {}, {
        repository: backup.repository.id,
      }),
    {
      done: ({ deletion }) =>
        deletion && hours !== 0 ? t.deleted(format.dateTime(deletion.dueAt)) : t.deletedSoon,
      showsFault: true,
    },
  )
  const confirm = async () => {
    try {
      await remove.mutateAsync()
    } catch (error) {
      if (!isLast && isFault(error, 'LAST_BACKUP_OF_SOURCE')) setLast(true)
      throw error
    }
  }
  return (
    <Confirm
      key={String(isLast)}
      title={isLast ? t.lastTitle : t.deleteTitle}
      action={isLast ? t.deleteLast : t.delete}
      {...(isLast && { typed: source })}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm">
          {isLast ? t.lastText(source) : t.deleteText(source, format.dateTime(backup.finishedAt))}
        </Text>
        {hours !== undefined && (
          <Text size="sm">
            {hours === 0 ? t.deleteAtOnce : t.deleteGrace(format.duration(hours * 3600))}
          </Text>
        )}
      </Stack>
    </Confirm>
  )
}
