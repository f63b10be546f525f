import { Button, Group } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RunList } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import type { RunSearch } from './run-filter.ts'

interface RunPagesProps {
  readonly search: RunSearch
  readonly page: RunList
}

/** Leads to the pages beside the one that is shown. */
export function RunPages({ search, page: { next, previous } }: RunPagesProps) {
  const t = useMessages().runs.list
  const isFirst = !search.after && !search.before
  if (isFirst && next === null) return null
  return (
    <Group
      justify="space-between"
      mt="md"
      renderRoot={props => <nav aria-label={t.pages} {...props} />}
    >
      <Group gap="xs">
        <ToPage
          search={search}
          isThere={!isFirst}
          left={<IconChevronsLeft size={16} aria-hidden />}
        >
          {t.newest}
        </ToPage>
        <ToPage
          search={search}
          isThere={previous !== null}
          before={previous ?? undefined}
          left={<IconChevronLeft size={16} aria-hidden />}
        >
          {t.newer}
        </ToPage>
      </Group>
      <ToPage
        search={search}
        isThere={next !== null}
        after={next ?? undefined}
        right={<IconChevronRight size={16} aria-hidden />}
      >
        {t.older}
      </ToPage>
    </Group>
  )
}

interface ToPageProps {
  readonly search: RunSearch
  readonly isThere: boolean
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly left?: ReactNode
  readonly right?: ReactNode
  readonly children: string
}

function ToPage({ search, isThere, after, before, left, right, children }: ToPageProps) {
  const look = { variant: 'default', leftSection: left, rightSection: right } as const
  if (!isThere) {
    return (
      <Button {...look} disabled>
        {children}
      </Button>
    )
  }
  return (
    <Button
      {...look}
      renderRoot={props => <Link to="/runs" search={{ ...search, after, before }} {...props} />}
    >
      {children}
    </Button>
  )
}
