import { Button, Card, Menu, Stack } from '@mantine/core'
import { IconChevronDown, IconDownload, IconFilterOff, IconFingerprint } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { OnlyFor } from '../../app/session.tsx'
import { auditQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { AuditEntries } from './audit-entries.tsx'
import { type AuditSearch, exportOf, FILTERS, filterOf, hasFilter } from './audit-filter.ts'
import { AuditFilters } from './audit-filters.tsx'
import { VerifyLog } from './verify-log.tsx'

const NO_FILTER: AuditSearch = Object.fromEntries(FILTERS.map(name => [name, undefined]))

/** Who did what, and what was refused. */
export function AuditPage() {
  const t = useMessages().audit
  const { viewerOnly } = useMessages().common
  const search = useSearch({ from: '/inside/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const change = (changes: AuditSearch) => void navigate({ search: { ...search, ...changes } })
  return (
    <Page title={t.title} lead={t.lead} actions={<Export search={search} />}>
      <OnlyFor role="admin" otherwise={viewerOnly}>
        <Stack>
          <VerifyLog />
          <AuditFilters
            search={search}
            onChange={change}
            onClear={hasFilter(search) ? () => change(NO_FILTER) : undefined}
          />
          <Entries search={search} onClear={() => change(NO_FILTER)} />
        </Stack>
      </OnlyFor>
    </Page>
  )
}

interface EntriesProps {
  readonly search: AuditSearch
  readonly onClear: () => void
}

function Entries({ search, onClear }: EntriesProps) {
  const t = useMessages().audit
  const { clear, more } = useMessages().common
  const query = useInfiniteQuery(auditQuery(filterOf(search)))
  return (
    <Answer query={query} lines={12}>
      {({ pages }) => {
        const entries = pages.flatMap(page => page.entries)
        return (
          <Card component="section" aria-label={t.list}>
            {entries.length === 0 ? (
              <Empty
                icon={hasFilter(search) ? IconFilterOff : IconFingerprint}
                title={t.none}
                action={
                  hasFilter(search) && (
                    <Button variant="default" onClick={onClear}>
                      {clear}
                    </Button>
                  )
                }
              >
                {t.noneText}
              </Empty>
            ) : (
              <AuditEntries entries={entries} isOld={query.isPlaceholderData} />
            )}
            {query.hasNextPage && (
              <Button
                variant="default"
                mt="md"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {more}
              </Button>
            )}
          </Card>
        )
      }}
    </Answer>
  )
}

/** The same entries as a file. */
function Export({ search }: Pick<EntriesProps, 'search'>) {
  const t = useMessages().audit
  return (
    <OnlyFor role="admin">
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            {t.export}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component="a" href={exportOf(search, 'csv')} download="audit.csv">
            {t.asCsv}
          </Menu.Item>
          <Menu.Item component="a" href={exportOf(search, 'ndjson')} download="audit.ndjson">
            {t.asLines}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </OnlyFor>
  )
}
