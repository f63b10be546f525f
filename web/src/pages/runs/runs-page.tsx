import { Button, Group, Stack, Text } from '@mantine/core'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { runsPageQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { exportOf, FILTERS, hasFilter, pageOf, type RunSearch } from './run-filter.ts'
import { RunFilters } from './run-filters.tsx'
import { RunList } from './run-list.tsx'
import { RunPages } from './run-pages.tsx'
import { RunStats } from './run-stats.tsx'
import { useSteadyRuns } from './use-steady-runs.ts'

const route = getRouteApi('/inside/runs')
const NO_FILTER: RunSearch = Object.fromEntries(FILTERS.map(name => [name, undefined]))

/** The history of all runs, newest first; what of it is shown stands in the address. */
export function RunsPage() {
  const t = useMessages().runs
  const common = useMessages().common
  const search: RunSearch = route.useSearch()
  const navigate = useNavigate({ from: '/runs' })
  const change = (changes: RunSearch) => {
    // A search that is typed on is one step in the history.
    const isTyping = 'text' in changes && Boolean(search.text)
    void navigate({ search: { ...search, ...NO_PLACE, ...changes }, replace: isTyping })
  }
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <Button
          component="a"
          href={exportOf(search)}
          download="runs.csv"
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {common.export}
        </Button>
      }
    >
      <Stack gap="md">
        <RunFilters search={search} onChange={change} onClear={() => change(NO_FILTER)} />
        {!search.text && <RunStats search={search} />}
        <History search={search} onClear={() => change(NO_FILTER)} />
      </Stack>
    </Page>
  )
}

const NO_PLACE: RunSearch = { after: undefined, before: undefined }

interface HistoryProps {
  readonly search: RunSearch
  readonly onClear: () => void
}

function History({ search, onClear }: HistoryProps) {
  const query = useQuery(runsPageQuery(pageOf(search)))
  const { data, isPlaceholderData } = query
  const navigate = useNavigate({ from: '/runs' })
  // Going to newer pages ends at the first one, which is the one that lives.
  const isFirst = Boolean(search.before) && !isPlaceholderData && data?.previous === null
  useEffect(() => {
    if (isFirst) void navigate({ search: was => ({ ...was, ...NO_PLACE }), replace: true })
  }, [isFirst, navigate])
  const steady = useSteadyRuns(
    JSON.stringify(pageOf(search)),
    isPlaceholderData ? undefined : data?.runs,
    !search.after && !search.before,
  )
  return (
    <Answer query={query} lines={12}>
      {page =>
        page.runs.length === 0 ? (
          <NoRuns search={search} next={page.next} onClear={onClear} />
        ) : (
          <>
            <RunList runs={steady.runs ?? page.runs} isOld={isPlaceholderData} steady={steady} />
            <RunPages search={search} page={page} />
          </>
        )
      }
    </Answer>
  )
}

interface NoRunsProps extends HistoryProps {
  readonly next: string | null
}

function NoRuns({ search, next, onClear }: NoRunsProps) {
  const t = useMessages().runs.list
  const { clear } = useMessages().common
  if (next !== null) {
    return (
      <Group>
        <Text>{t.searched}</Text>
        <Button
          renderRoot={props => (
            <Link to="/runs" search={{ ...search, ...NO_PLACE, after: next }} {...props} />
          )}
        >
          {t.searchOn}
        </Button>
      </Group>
    )
  }
  return hasFilter(search) || search.after ? (
    <Empty icon={IconHistory} title={t.noMatch} action={<Button onClick={onClear}>{clear}</Button>}>
      {t.noMatchText}
    </Empty>
  ) : (
    <Empty
      icon={IconHistory}
      title={t.empty}
      action={
        <Button renderRoot={props => <Link to="/sources" {...props} />}>{t.emptyAction}</Button>
      }
    >
      {t.emptyText}
    </Empty>
  )
}
