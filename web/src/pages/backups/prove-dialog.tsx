import { Anchor, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconShieldCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Backup, Run } from '../../../../src/client/index.ts'
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
  const say = (run: Run) =>
    notifications.show({
      title: t.proveStarted,
      message: (
        <Anchor
          size="sm"
          renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
        >
          {t.watch}
        </Anchor>
      ),
      color: 'kelp',
      icon: <IconShieldCheck size={18} />,
    })
  const prove = useAct(
    () =>
      client.startRun({ kind: 'verify', source: source.id, repository: repository.id, backup: id }),
    { onDone: say, showsFault: true },
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
