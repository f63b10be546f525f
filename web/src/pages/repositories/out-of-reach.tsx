import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { RepositoryDetails } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { FaultLine, FaultRest } from '../../parts/fault-text.tsx'
import { useNow } from '../../parts/now.tsx'
import classes from './repositories.module.css'

/** That a repository cannot be reached, why, and what to do about it. */
export function OutOfReach({ unreachable }: Pick<RepositoryDetails['repository'], 'unreachable'>) {
  const t = useMessages().repositories.outOfReach
  const format = useFormat()
  const now = useNow()
  if (unreachable === null) return null
  const { since, failure } = unreachable
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle />}
      title={t.title(format.ago(since, now))}
    >
      <Stack gap={6} className={classes.words}>
        <Text size="sm">
          <FaultLine error={failure} />
        </Text>
        <FaultRest error={failure} />
        <Text size="sm">{t.meanwhile}</Text>
      </Stack>
    </Alert>
  )
}
