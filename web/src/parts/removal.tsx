import { Button, Stack, Text, Title } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Confirm } from './confirm.tsx'

interface RemovalProps {
  /** What the button does: “Remove this source”. */
  readonly action: string
  /** What it means, or why it cannot be done now. */
  readonly lead: string
  readonly isPossible: boolean
  readonly question: string
  /** The name that must be typed. */
  readonly name: string
  readonly onRemove: () => Promise<unknown>
  /** What stays, and what goes. */
  readonly children: ReactNode
}

/** The place where something is taken away for good, with the question before it. */
export function Removal({
  action,
  lead,
  isPossible,
  question,
  name,
  onRemove,
  children,
}: RemovalProps) {
  const [isAsking, setAsking] = useState(false)
  return (
    <section aria-label={action}>
      <Stack gap="sm" align="flex-start">
        <Title order={2}>{action}</Title>
        <Text size="sm">{lead}</Text>
        {isPossible && (
          <Button
            color="red"
            variant="light"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            {action}
          </Button>
        )}
      </Stack>
      {isAsking && (
        <Confirm
          title={question}
          action={action}
          typed={name}
          onConfirm={onRemove}
          onClose={() => setAsking(false)}
        >
          {children}
        </Confirm>
      )}
    </section>
  )
}
