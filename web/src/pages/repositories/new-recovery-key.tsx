import { Button, Group, Modal, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CreatedRepository } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { repositoryKeysQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { RecoveryKey } from './recovery-key.tsx'

/** Makes one more recovery key, for those who have lost theirs, or never kept it. */
export function NewRecoveryKey({ repository }: { readonly repository: string }) {
  const t = useMessages().repositories.keys
  const queries = useQueryClient()
  const [made, setMade] = useState<CreatedRepository>()
  const make = useAct(() => client.addRecoveryKey(repository), {
    onDone: key => {
      setMade(key)
      void queries.invalidateQueries(repositoryKeysQuery(repository))
    },
  })
  return (
    <>
      <Group>
        <Button
          variant="default"
          leftSection={<IconKey size={16} aria-hidden />}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {t.makeRecovery}
        </Button>
        <Text size="sm" c="dimmed">
          {t.makeRecoveryHint}
        </Text>
      </Group>
      <Modal
        opened={made !== undefined}
        onClose={() => undefined}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        size="xl"
        title={t.madeRecovery}
      >
        {made && <RecoveryKey created={made} onConfirmed={() => setMade(undefined)} />}
      </Modal>
    </>
  )
}
