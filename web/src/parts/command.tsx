import { Code, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './command.module.css'
import { Copy } from './copy.tsx'

interface CommandProps {
  readonly lines: readonly string[]
  /** What it does, or when one needs it. */
  readonly lead?: ReactNode
}

/** What is typed on a command line, to copy. */
export function Command({ lines, lead }: CommandProps) {
  const text = lines.join('\n')
  return (
    <div>
      {lead !== undefined && (
        <Text size="sm" mb={6} component="div">
          {lead}
        </Text>
      )}
      <Group wrap="nowrap" align="flex-start" gap="xs">
        <Code block className={classes.text}>
          {text}
        </Code>
        <Copy text={text} />
      </Group>
    </div>
  )
}

/** A text as one word of a shell. */
export const quoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
