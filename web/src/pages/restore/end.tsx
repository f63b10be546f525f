import { Alert, Card, Code, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, type IconProps } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { LineText } from '../../parts/line-text.tsx'
import type { Tone } from '../../parts/state-badge.tsx'
import classes from './restore.module.css'

interface EndProps {
  readonly tone: Tone
  readonly icon: ComponentType<IconProps>
  readonly title: string
  readonly children: ReactNode
}

/** How it ended, in one glance. */
export function End({ tone, icon: Icon, title, children }: EndProps) {
  return (
    <Card data-tone={tone} className={classes.end} role="status">
      <Group wrap="nowrap" align="flex-start">
        <Icon size={34} aria-hidden className={classes.endSign} />
        <Stack gap={6} miw={0}>
          <Title order={2} className={classes.wrap}>
            {title}
          </Title>
          {children}
        </Stack>
      </Group>
    </Card>
  )
}

/** What is to be run, or used, as it stands. */
export function Snippet({ text, lead }: { readonly text: string; readonly lead?: string }) {
  return (
    <Stack gap={6}>
      {lead !== undefined && <Text size="sm">{lead}</Text>}
      <Group wrap="nowrap" gap="xs" align="flex-start">
        <Code block className={classes.sql} flex={1} miw={0}>
          {text}
        </Code>
        <Copy text={text} />
      </Group>
    </Stack>
  )
}

/** What a run warned of, in full. */
export function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  const t = useMessages().restore
  if (warnings.length === 0) return null
  return (
    <Alert
      color="orange"
      classNames={{ title: classes.noticeTitle }}
      icon={<IconAlertTriangle />}
      title={t.warnings}
    >
      <List size="sm" className={classes.wrap}>
        {warnings.map(warning => (
          <List.Item key={warning}>
            <LineText message={warning} />
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}
