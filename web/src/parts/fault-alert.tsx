import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { isFault } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { sentence } from './sentence.ts'

interface FaultAlertProps {
  readonly error: unknown
  /** What was attempted, where it does not go without saying. */
  readonly title?: string | undefined
  /** Tries it again. */
  readonly onRetry?: (() => void) | undefined
}

/** What went wrong, and what to do about it, in the words of whoever found it. */
export function FaultAlert({ error, title, onRetry }: FaultAlertProps) {
  const t = useMessages().common
  const { message, hint, problems } = wordsOf(error)
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle />}
      title={title ?? sentence(message)}
    >
      <Stack gap="xs">
        {title !== undefined && <Text size="sm">{sentence(message)}</Text>}
        {problems.length > 0 && (
          <List size="sm">
            {problems.map(({ field, why }) => (
              <List.Item key={field + why}>
                <b>{field}</b>: {why}
              </List.Item>
            ))}
          </List>
        )}
        {hint !== undefined && (
          <Text size="sm">
            <b>{t.nextStep}:</b> {hint}
          </Text>
        )}
        {onRetry && (
          <Group>
            <Button variant="default" size="xs" onClick={onRetry}>
              {t.retry}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  )
}

interface Words {
  readonly message: string
  readonly hint?: string
  readonly problems: readonly { readonly field: string; readonly why: string }[]
}

export function wordsOf(error: unknown): Words {
  if (isFault(error)) return error
  return { message: error instanceof Error ? error.message : String(error), problems: [] }
}
