import { Alert, Group, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { LineText } from '../../parts/line-text.tsx'
import { type Reached, serverOf } from './place.ts'

/** What the test of a connection found. */
export function ReachedServer({ reached: { test, database } }: { readonly reached: Reached }) {
  const t = useMessages().newSource
  const format = useFormat()
  return (
    <Alert
      role="status"
      color="kelp"
      icon={<IconCircleCheck aria-hidden />}
      title={t.reached(serverOf(test.label))}
    >
      <Group gap="lg">
        <Text size="sm">{t.version(test.server)}</Text>
        <Text size="sm">{t.tool(test.tool)}</Text>
        {database !== undefined && test.estimatedBytes !== null && (
          <Text size="sm">{t.dumpSize(database, format.bytes(test.estimatedBytes))}</Text>
        )}
      </Group>
      {test.warnings.map(warning => (
        <Text key={warning} size="sm" role="alert">
          <LineText message={warning} />
        </Text>
      ))}
    </Alert>
  )
}
