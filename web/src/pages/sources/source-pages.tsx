import { Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useMessages } from '../../i18n/language.tsx'

/** A part of a long list at a time. */
export function usePart<T>(all: readonly T[], size: number) {
  const [wanted, setPage] = useState(0)
  const pages = Math.max(1, Math.ceil(all.length / size))
  // The list may have become shorter.
  const page = Math.min(wanted, pages - 1)
  return { part: all.slice(page * size, (page + 1) * size), page, pages, setPage, size }
}

interface PartStepsProps {
  readonly page: number
  readonly pages: number
  readonly size: number
  readonly total: number
  readonly setPage: (page: number) => void
}

/** Leads through the parts; nothing where there is but one. */
export function PartSteps({ page, pages, size, total, setPage }: PartStepsProps) {
  const t = useMessages()
  if (pages < 2) return null
  const [first, last] = [page * size + 1, Math.min(total, (page + 1) * size)]
  return (
    <Group component="nav" justify="space-between" mt="md" aria-label={t.sources.parts}>
      <Text size="sm" c="dimmed" aria-live="polite">
        {t.sources.partOf(first, last, total)}
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          disabled={page === 0}
          leftSection={<IconChevronLeft size={16} aria-hidden />}
          onClick={() => setPage(page - 1)}
        >
          {t.common.previous}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={page === pages - 1}
          rightSection={<IconChevronRight size={16} aria-hidden />}
          onClick={() => setPage(page + 1)}
        >
          {t.common.next}
        </Button>
      </Group>
    </Group>
  )
}
