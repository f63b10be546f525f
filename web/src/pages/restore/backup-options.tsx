import { Alert, Badge, Button, Group, Radio, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconArchiveOff } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Backup } from '../../../../src/client/index.ts'
import { backupsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { useNow } from '../../parts/now.tsx'
import { BackupBadge, keyOf, ProofSign } from '../backups/backup-signs.tsx'
import classes from './restore.module.css'

interface BackupOptionsProps {
  /** The source, or what backups call a database that is none. */
  readonly of: { readonly id: string; readonly name: string }
  /** A time as its field has it: only backups of then or before. */
  readonly asOf: string
  /** The one that the address names. */
  readonly chosen: Backup | undefined
  readonly onNext: (backup: Backup) => void
}

const A_PAGE = 10

const isGood = ({ state }: Backup): boolean => state === 'good' || state === 'warnings'

/** The backups of a source to choose from; where nobody has chosen, the latest good one is. */
export function BackupOptions({ of, asOf, chosen, onNext }: BackupOptionsProps) {
  const t = useMessages().restore
  const { more, next } = { ...useMessages().common, next: t.next }
  const [picked, setPicked] = useState<string>()
  const before = asOf === '' ? undefined : untilOf(asOf)
  const query = useInfiniteQuery(
    backupsQuery({ source: of.id, limit: A_PAGE, ...(before && { until: before }) }),
  )
  if (query.data === undefined) {
    return query.error === null ? (
      <Skeleton height={220} />
    ) : (
      <FaultAlert error={query.error} onRetry={() => void query.refetch()} />
    )
  }
  const listed = query.data.pages.flatMap(page => page.backups)
  const latest = listed.find(isGood)
  // What the address names may be older than what is listed.
  const named = chosen && before === undefined ? [chosen] : []
  const extra = named.filter(one => listed.every(other => keyOf(other) !== keyOf(one)))
  const backups = [...extra, ...listed]
  if (backups.length === 0) return <Nothing name={of.name} isBefore={before !== undefined} />
  const current = backups.find(one => keyOf(one) === picked) ?? named[0] ?? latest ?? backups[0]
  return (
    <Stack>
      <Radio.Group
        label={t.chosenBackup}
        value={current ? keyOf(current) : null}
        onChange={setPicked}
      >
        <Stack gap="xs" mt="xs">
          {backups.map(backup => (
            <Option key={keyOf(backup)} backup={backup} isLatest={backup === latest && !before} />
          ))}
        </Stack>
      </Radio.Group>
      {query.hasNextPage && (
        <Group justify="center">
          <Button
            variant="subtle"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {more}
          </Button>
        </Group>
      )}
      {current?.state === 'damaged' && (
        <Alert color="red" icon={<IconAlertTriangle />} role="alert">
          {t.damaged}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button disabled={current === undefined} onClick={() => current && onNext(current)}>
          {next}
        </Button>
      </Group>
    </Stack>
  )
}

/** All of the minute that was typed belongs to it. */
function untilOf(text: string): string | undefined {
  const time = new Date(text)
  if (Number.isNaN(time.getTime())) return undefined
  return new Date(time.getTime() + 60_000).toISOString()
}

interface OptionProps {
  readonly backup: Backup
  readonly isLatest: boolean
}

function Option({ backup, isLatest }: OptionProps) {
  const t = useMessages().restore
  const format = useFormat()
  const now = useNow()
  return (
    <Radio.Card value={keyOf(backup)} className={classes.option} radius="md">
      <Group wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={2} />
        <Stack gap={4} miw={0} flex={1}>
          <span className={classes.optionHead}>
            <Text span fw={600} size="sm">
              {format.dateTime(backup.finishedAt)}
            </Text>
            <Text span size="sm" c="dimmed">
              {format.ago(backup.finishedAt, now)}
            </Text>
            {isLatest && (
              <Badge variant="outline" tt="none" fw={550}>
                {t.latestGood}
              </Badge>
            )}
          </span>
          <span className={classes.optionHead}>
            <BackupBadge backup={backup} />
            <Text span size="sm">
              <ProofSign verifiedAt={backup.verifiedAt} />
            </Text>
            <Text span size="sm" c="dimmed">
              {format.bytes(backup.dumpBytes)} ·{' '}
              {t.tables(backup.tables, format.number(backup.tables))} ·{' '}
              {t.rows(backup.rows, format.number(backup.rows))} · {backup.repository.name}
            </Text>
          </span>
          {backup.note !== '' && (
            <Text span size="xs" className={classes.wrap} lineClamp={2}>
              {backup.note}
            </Text>
          )}
        </Stack>
      </Group>
    </Radio.Card>
  )
}

interface NothingProps {
  readonly name: string
  readonly isBefore: boolean
}

function Nothing({ name, isBefore }: NothingProps) {
  const t = useMessages().restore
  return (
    <Empty icon={IconArchiveOff} title={t.none(name)}>
      {isBefore ? t.noneBefore : t.noneText}
    </Empty>
  )
}
