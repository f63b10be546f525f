import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { RepositoryDetails } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useNow } from '../../parts/now.tsx'
import { sentence } from '../../parts/sentence.ts'
import classes from './repositories.module.css'

/** That a repository cannot be reached, why, and what to do about it. */
export function OutOfReach({ unreachable }: Pick<RepositoryDetails['repository'], 'unreachable'>) {
  const t = useMessages().repositories.outOfReach
  const common = useMessages().common
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
      <Text size="sm" className={classes.words}>
        {sentence(failure.message)}
      </Text>
      {failure.hint !== undefined && (
        <Text size="sm" mt={6} className={classes.words}>
          <b>{common.nextStep}:</b> {sentence(failure.hint)}
        </Text>
      )}
      <Text size="sm" mt={6}>
        {t.meanwhile}
      </Text>
    </Alert>
  )
}
