import { Box, Code, Group, Skeleton, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { infiniteQueryOptions, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useRef, useState } from 'react'
import type { BackupDetails, BackupTable } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Section } from '../../parts/section.tsx'
import classes from './backups.module.css'

const ROW_PX = 41
/** Rows drawn beyond what is seen. */
const OVERSCAN = 12
/** So many rows before the end of what is here, what comes next is asked for. */
const AHEAD = 40

/** The tables of a backup, which never change: what was asked once is kept. */
const tablesQuery = (backup: string, repository: string, text: string) =>
  infiniteQueryOptions({
    queryKey: ['backup-tables', repository, backup, text],
    queryFn: ({ signal, pageParam }) =>
      client.getBackupTables(
        backup,
        { repository, ...(text !== '' && { text }), after: pageParam },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })

const WAIT_MS = 250

/** Every table of a backup with what was counted and measured of it. */
export function BackupTables({ backup }: { readonly backup: BackupDetails }) {
  const t = useMessages().backups
  const format = useFormat()
  const { text: wanted = '' } = useSearch({ from: '/inside/backups/$backup' })
  const navigate = useNavigate({ from: '/backups/$backup' })
  const [text, setText] = useState(wanted)
  const [settled] = useDebouncedValue(text.trim(), WAIT_MS)
  useEffect(() => {
    void navigate({ search: before => ({ ...before, text: settled }), replace: true })
  }, [navigate, settled])
  const query = useInfiniteQuery(tablesQuery(backup.id, backup.repository.id, settled))
  const [first] = query.data?.pages ?? []
  return (
    <Section
      title={t.tablesTitle}
      lead={
        first &&
        t.tablesLead(backup.tables, first.sequences, first.largeObjects.count, value =>
          format.number(value),
        )
      }
      actions={
        <TextInput
          type="search"
          aria-label={t.searchTables}
          placeholder={t.searchTables}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
      }
      flush
    >
      {query.error !== null && (
        <Box p="md">
          <FaultAlert error={query.error} onRetry={() => void query.refetch()} />
        </Box>
      )}
      {query.data === undefined && query.error === null && <Skeleton height={160} m="md" />}
      {first && (
        <TableGrid
          tables={query.data?.pages.flatMap(page => page.tables) ?? []}
          total={first.total}
          onMore={query.hasNextPage && !query.isFetching ? query.fetchNextPage : undefined}
          none={settled === '' ? t.noTables : t.noTable}
        />
      )}
    </Section>
  )
}

interface TableGridProps {
  readonly tables: readonly BackupTable[]
  readonly total: number
  readonly onMore: (() => unknown) | undefined
  readonly none: string
}

/** Draws what is seen of a list that may be endless: empty rows stand for what is above and below. */
function TableGrid({ tables, total, onMore, none }: TableGridProps) {
  const t = useMessages().backups
  const box = useRef<HTMLDivElement>(null)
  // oxlint-disable-next-line react/incompatible-library -- its answers are used here and nowhere else
  const rows = useVirtualizer({
    count: tables.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
  })
  const shown = rows.getVirtualItems()
  const last = shown.at(-1)
  useEffect(() => {
    if (onMore !== undefined && (last?.index ?? 0) + AHEAD >= tables.length) onMore()
  }, [last?.index, onMore, tables.length])
  if (total === 0) {
    return (
      <Text size="sm" c="dimmed" p="lg">
        {none}
      </Text>
    )
  }
  return (
    <Box
      ref={box}
      className={classes.scroller}
      tabIndex={0}
      role="region"
      aria-label={t.boxOf(t.tablesTitle)}
    >
      <Table stickyHeader miw={620} aria-label={t.tablesTitle} aria-rowcount={total + 1}>
        <HeadRow />
        <Table.Tbody>
          <Gap height={shown[0]?.start ?? 0} />
          {shown.map(({ index }) => {
            const table = tables[index]
            return (
              table && (
                <TableRow key={table.name} ref={rows.measureElement} table={table} index={index} />
              )
            )
          })}
          <Gap height={rows.getTotalSize() - (last?.end ?? 0)} />
        </Table.Tbody>
      </Table>
    </Box>
  )
}

const Gap = ({ height }: { readonly height: number }) =>
  height > 0 && (
    <Table.Tr aria-hidden>
      <Table.Td colSpan={4} h={height} p={0} />
    </Table.Tr>
  )

function HeadRow() {
  const t = useMessages().backups
  return (
    <Table.Thead>
      <Table.Tr aria-rowindex={1}>
        <Table.Th>{t.table}</Table.Th>
        <Table.Th w={120} className={classes.number}>
          {t.rowCount}
        </Table.Th>
        <Table.Th w={110} className={classes.number}>
          {t.bytes}
        </Table.Th>
        <Table.Th w={190}>{t.digest}</Table.Th>
      </Table.Tr>
    </Table.Thead>
  )
}

interface TableRowProps {
  readonly ref: Ref<HTMLTableRowElement>
  readonly table: BackupTable
  readonly index: number
}

function TableRow({ ref, table, index }: TableRowProps) {
  const format = useFormat()
  return (
    <Table.Tr ref={ref} data-index={index} aria-rowindex={index + 2}>
      <Table.Th scope="row" fw={400} py={6} className={classes.wrap}>
        {table.name}
      </Table.Th>
      <Table.Td py={6} className={classes.number}>
        {format.number(table.rows)}
      </Table.Td>
      <Table.Td py={6} className={classes.number}>
        {format.bytes(table.bytes)}
      </Table.Td>
      <Table.Td py={6}>
        <Group gap={2} wrap="nowrap">
          <Code title={table.sha256}>{table.sha256.slice(0, 12)}</Code>
          <Copy text={table.sha256} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}
