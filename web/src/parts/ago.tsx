import { Text, Tooltip } from '@mantine/core'
import { useFormat, useMessages } from '../i18n/language.tsx'
import { useNow } from './now.tsx'

interface AgoProps {
  /** Nothing: it never happened. */
  readonly time: string | null | undefined
  /** What stands there instead of “never”. */
  readonly never?: string
}

/** How long ago something was, or how soon it will be; the exact time for whoever points at it. */
export function Ago({ time, never }: AgoProps) {
  const format = useFormat()
  const now = useNow()
  const t = useMessages().common
  if (!time) {
    return (
      <Text span inherit c="dimmed">
        {never ?? t.never}
      </Text>
    )
  }
  return (
    <Tooltip label={format.dateTime(time)}>
      <time dateTime={time}>{format.ago(time, now)}</time>
    </Tooltip>
  )
}
