import { Box, Card, Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

interface SectionProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  /** A table reaches from edge to edge. */
  readonly flush?: boolean
  readonly children: ReactNode
}

/** A card with a heading. */
export function Section({ title, lead, actions, flush = false, children }: SectionProps) {
  return (
    <Card component="section" aria-label={title}>
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Box>
          <Title order={2}>{title}</Title>
          {lead !== undefined && (
            <Text size="sm" c="dimmed" component="div">
              {lead}
            </Text>
          )}
        </Box>
        {actions}
      </Group>
      {flush ? <Card.Section>{children}</Card.Section> : children}
    </Card>
  )
}
