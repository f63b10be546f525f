import { Button, Card, Group, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { IconArchive, IconFilterOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { Backup } from '../../../../src/client/index.ts'
import { backupsQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Page } from '../../parts/page.tsx'
import { BackupFilters, type BackupSearch } from './backup-filters.tsx'
import { BackupList } from './backup-list.tsx'
import { keyOf } from './backup-signs.tsx'
import classes from './backups.module.css'
import { beginOf } from './days.ts'

const A_PAGE = 50

/** All backups of all repositories. */
export function BackupsPage() {
  const t = useMessages().backups
  const search = useSearch({ from: '/inside/backups' })
  const navigate = useNavigate({ from: '/backups' })
  const [chosen, setChosen] = useState<readonly Backup[]>([])
  const choose = (backup: Backup) =>
    setChosen(those =>
      those.some(one => keyOf(one) === keyOf(backup))
        ? those.filter(one => keyOf(one) !== keyOf(backup))
        : [...those, backup],
    )
  return (
    <Page title={t.title} lead={t.lead}>
      <BackupFilters
        search={search}
        onChange={change =>
          void navigate({ search: before => ({ ...before, ...change }), replace: true })
        }
        onClear={() => void navigate({ search: {}, replace: true })}
      />
      <Found search={search} chosen={chosen} onChoose={choose} />
      {chosen.length > 0 && <Chosen backups={chosen} onNone={() => setChosen([])} />}
    </Page>
  )
}

interface FoundProps {
  readonly search: BackupSearch
  readonly chosen: readonly Backup[]
  readonly onChoose: (backup: Backup) => void
}

function Found({ search, chosen, onChoose }: FoundProps) {
  const { more } = useMessages().common
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    backupsQuery(queryOf(search)),
  )
  if (data === undefined) {
    return error === null ? (
      <Card aria-busy>
        <Stack>
          {Array.from({ length: 8 }, (_, at) => (
            <Skeleton key={at} height={34} />
          ))}
        </Stack>
      </Card>
    ) : (
      <FaultAlert error={error} onRetry={() => void refetch()} />
    )
  }
  const backups = data.pages.flatMap(page => page.backups)
  if (backups.length === 0) return <Nothing isFiltered={Object.values(search).some(Boolean)} />
  return (
    <>
      {error !== null && <FaultAlert error={error} onRetry={() => void refetch()} />}
      <BackupList backups={backups} chosen={chosen} onChoose={onChoose} />
      {hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {more}
          </Button>
        </Group>
      )}
    </>
  )
}

/** What the address says, as the server is asked for it. */
function queryOf({ pinned, since, until, ...rest }: BackupSearch) {
  const from = beginOf(since)
  const to = beginOf(until, 1)
  return {
    ...rest,
    limit: A_PAGE,
    ...(pinned === 'true' && { pinned: 'true' as const }),
    ...(from !== undefined && { since: from }),
    ...(to !== undefined && { until: to }),
  }
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  const t = useMessages().backups
  if (isFiltered) {
    return (
      <Card>
        <Empty icon={IconFilterOff} title={t.noneFound}>
          {t.noneFoundText}
        </Empty>
      </Card>
    )
  }
  return (
    <Card>
      <Empty
        icon={IconArchive}
        title={t.noneYet}
        action={
          <Button renderRoot={props => <Link to="/sources" {...props} />}>{t.noneYetAction}</Button>
        }
      >
        {t.noneYetText}
      </Empty>
    </Card>
  )
}

interface ChosenProps {
  readonly backups: readonly Backup[]
  readonly onNone: () => void
}

function Chosen({ backups, onNone }: ChosenProps) {
  const t = useMessages().backups
  const [before, after] = backups.toSorted((a, b) => a.finishedAt.localeCompare(b.finishedAt))
  return (
    <Paper withBorder p="sm" radius="lg" className={classes.bar}>
      <Group justify="space-between">
        <Text size="sm" role="status">
          {t.chosen(backups.length)}
        </Text>
        <Group gap="xs">
          <Button variant="subtle" onClick={onNone}>
            {t.unchoose}
          </Button>
          {before && after && (
            <Button
              renderRoot={props => (
                <Link
                  to="/compare"
                  search={{
                    before: before.id,
                    beforeRepository: before.repository.id,
                    after: after.id,
                    afterRepository: after.repository.id,
                  }}
                  {...props}
                />
              )}
            >
              {t.compareBoth}
            </Button>
          )}
        </Group>
      </Group>
    </Paper>
  )
}
