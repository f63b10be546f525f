import { Stack, Text } from '@mantine/core'
import { useProof } from '../app/proof.tsx'
import { client } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { Confirm } from './confirm.tsx'
import type { Controlled } from './run-progress.tsx'
import { whatOf } from './run-words.ts'

interface CancelDialogProps {
  readonly run: Controlled
  readonly onClose: () => void
}

/** Says what is lost when a run is cancelled. */
export function CancelDialog({ run, onClose }: CancelDialogProps) {
  const t = useMessages().runs
  const withProof = useProof()
  return (
    <Confirm
      title={t.act.cancelTitle}
      action={t.act.cancelYes}
      onConfirm={() => withProof(() => client.cancelRun(run.id))}
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm" fw={550}>
          {whatOf(t, run)}
        </Text>
        <Text size="sm">
          {run.committing && run.kind === 'restore' ? t.act.cancelLate : t.act.cancelText[run.kind]}
        </Text>
      </Stack>
    </Confirm>
  )
}
