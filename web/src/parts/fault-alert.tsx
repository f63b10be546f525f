import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMessages } from '../i18n/language.tsx'
import { FaultRest, useTold } from './fault-text.tsx'

interface FaultAlertProps {
  readonly error: unknown
  /** What was attempted, where it does not go without saying. */
  readonly title?: string | undefined
  /** Tries it again. */
  readonly onRetry?: (() => void) | undefined
}

/** What went wrong, and what to do about it, in the language that is spoken. */
export function FaultAlert({ error, title, onRetry }: FaultAlertProps) {
  const t = useMessages().common
  const { what, problems, lang } = useTold(error)
  const said = <span lang={lang}>{what}</span>
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle />}
      title={title ?? said}
    >
      <Stack gap="xs">
        {title !== undefined && <Text size="sm">{said}</Text>}
        {problems.length > 0 && (
          <List size="sm">
            {problems.map(one => (
              <List.Item key={one.field + one.why}>
                <b>{one.field}</b>: <span lang={one.lang}>{one.why}</span>
              </List.Item>
            ))}
          </List>
        )}
        <FaultRest error={error} />
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
