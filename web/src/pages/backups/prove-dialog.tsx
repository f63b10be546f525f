import { Stack, Text } from '@mantine/core'
import type { Backup } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Confirm } from '../../parts/confirm.tsx'

interface ProveDialogProps {
  readonly backup: Pick<Backup, 'id' | 'repository'> & {
    readonly source: NonNullable<Backup['source']>
  }
  readonly onClose: () => void
}

/** Says what a proof does, and starts it. */
export function ProveDialog({ backup, onClose }: ProveDialogProps) {
  const t = useMessages().backups
  const { id, repository, source } = backup
  const prove = useAct(
    () =>
      client.startRun({ kind: 'verify', source: source.id, repository: repository.id, backup: id }),
    { done: t.proveStarted, showsFault: true },
  )
  return (
    <Confirm
      title={t.proveTitle}
      action={t.proveAction}
      color="kelp"
      onConfirm={() => prove.mutateAsync()}
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm">{t.proveText(source.name)}</Text>
        <Text size="sm">{t.proveFresh}</Text>
        <Text size="sm" c="dimmed">
          {t.proveOld}
        </Text>
      </Stack>
    </Confirm>
  )
}
