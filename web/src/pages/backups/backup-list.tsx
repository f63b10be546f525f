import { Anchor, Box, Card, Checkbox, Group, Stack, Table, Text, Tooltip } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconPinFilled } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Backup } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { useNow } from '../../parts/now.tsx'
import { BackupMenu } from './backup-menu.tsx'
import { BackupBadge, keyOf, ProofSign, sourceOf } from './backup-signs.tsx'
import classes from './backups.module.css'
import { byDay, dayOf } from './days.ts'

interface BackupListProps {
  readonly backups: readonly Backup[]
  readonly chosen: readonly Backup[]
  readonly onChoose: (backup: Backup) => void
}

interface OneProps extends Omit<BackupListProps, 'backups'> {
  readonly backup: Backup
}

const PHONE = '(max-width: 48em)'
const DAY_MS = 86_400_000

/** Backups by their days: a table, or cards where there is no room for one. */
export function BackupList(props: BackupListProps) {
  const isPhone = useMediaQuery(PHONE, undefined, { getInitialValueInEffect: false })
  const dayName = useDayName()
  const days = byDay(props.backups, backup => backup.finishedAt)
  if (isPhone) {
    return (
      <Card padding={0}>
        {days.map(({ day, things }) => (
          <section key={day}>
            <Text component="h2" className={classes.day} px="md" py={6}>
              {dayName(day)}
            </Text>
            {things.map(backup => (
              <BackupCard key={keyOf(backup)} {...props} backup={backup} />
            ))}
          </section>
        ))}
      </Card>
    )
  }
  return <BackupTable {...props} days={days} dayName={dayName} />
}

function useDayName(): (day: string) => string {
  const t = useMessages().backups
  const format = useFormat()
  const now = useNow()
  return day => {
    if (day === dayOf(new Date(now))) return t.today
    if (day === dayOf(new Date(now - DAY_MS))) return t.yesterday
    return format.date(`${day}T12:00:00`)
  }
}

interface BackupTableProps extends BackupListProps {
  readonly days: ReturnType<typeof byDay<Backup>>
  readonly dayName: (day: string) => string
}

function BackupTable({ days, dayName, ...rest }: BackupTableProps) {
  const t = useMessages().backups
  const common = useMessages().common
  return (
    <Card padding={0}>
      <Table.ScrollContainer minWidth={900} type="native">
        <Table highlightOnHover aria-label={t.list}>
          <Table.Thead>
            <Table.Tr>
              <Table.Td w={36} />
              <Table.Th>{common.time}</Table.Th>
              <Table.Th>{common.source}</Table.Th>
              <Table.Th className={classes.number}>{common.size}</Table.Th>
              <Table.Th className={classes.number}>{t.rowsAndTables}</Table.Th>
              <Table.Th>{common.state}</Table.Th>
              <Table.Th>{t.proof}</Table.Th>
              <Table.Td w={60} />
            </Table.Tr>
          </Table.Thead>
          {days.map(({ day, things }) => (
            <Table.Tbody key={day}>
              <Table.Tr>
                <th colSpan={8} scope="rowgroup" className={classes.day}>
                  <Box px="md" py={6}>
                    {dayName(day)}
                  </Box>
                </th>
              </Table.Tr>
              {things.map(backup => (
                <BackupRow key={keyOf(backup)} {...rest} backup={backup} />
              ))}
            </Table.Tbody>
          ))}
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}

function BackupRow({ backup, chosen, onChoose }: OneProps) {
  const t = useMessages().backups
  const format = useFormat()
  return (
    <Table.Tr>
      <Table.Td>
        <Choose backup={backup} chosen={chosen} onChoose={onChoose} />
      </Table.Td>
      <Table.Th scope="row" fw={400}>
        <TimeOf backup={backup} />
      </Table.Th>
      <Table.Td maw={260}>
        <NameOf backup={backup} />
      </Table.Td>
      <Table.Td className={classes.number}>
        {format.bytes(backup.dumpBytes)}
        <Text size="xs" c="dimmed">
          {t.stored(format.bytes(backup.storedBytes))}
        </Text>
      </Table.Td>
      <Table.Td className={classes.number}>
        {t.rows(format.number(backup.rows))}
        <Text size="xs" c="dimmed">
          {t.tables(backup.tables, format.number(backup.tables))}
        </Text>
      </Table.Td>
      <Table.Td className={classes.state}>
        <BackupBadge backup={backup} />
        {backup.deletion && (
          <Text size="xs" c="dimmed" mt={2}>
            <Ago time={backup.deletion.dueAt} />
          </Text>
        )}
      </Table.Td>
      <Table.Td fz="sm">
        <ProofSign verifiedAt={backup.verifiedAt} />
      </Table.Td>
      <Table.Td>
        <BackupMenu backup={backup} />
      </Table.Td>
    </Table.Tr>
  )
}

function BackupCard({ backup, chosen, onChoose }: OneProps) {
  const t = useMessages().backups
  const format = useFormat()
  return (
    <Group className={classes.card} align="flex-start" wrap="nowrap" gap="sm">
      <Box pt={2}>
        <Choose backup={backup} chosen={chosen} onChoose={onChoose} />
      </Box>
      <Stack gap={6} flex={1} miw={0}>
        <TimeOf backup={backup} />
        <NameOf backup={backup} />
        <Text size="sm" c="dimmed">
          {format.bytes(backup.dumpBytes)} · {t.rows(format.number(backup.rows))} ·{' '}
          {t.tables(backup.tables, format.number(backup.tables))}
        </Text>
        <Group gap="sm" fz="sm">
          <BackupBadge backup={backup} />
          <ProofSign verifiedAt={backup.verifiedAt} />
        </Group>
      </Stack>
      <BackupMenu backup={backup} />
    </Group>
  )
}

/** Two can be compared, not three. */
function Choose({ backup, chosen, onChoose }: OneProps) {
  const t = useMessages().backups
  const format = useFormat()
  const isChosen = chosen.some(one => keyOf(one) === keyOf(backup))
  return (
    <Checkbox
      aria-label={t.choose(sourceOf(backup), format.dateTime(backup.finishedAt))}
      checked={isChosen}
      disabled={!isChosen && chosen.length === 2}
      onChange={() => onChoose(backup)}
    />
  )
}

function TimeOf({ backup }: { readonly backup: Backup }) {
  const t = useMessages().backups
  const format = useFormat()
  return (
    <Box className={classes.time}>
      <Group gap={6} wrap="nowrap">
        <Anchor
          fw={550}
          size="sm"
          renderRoot={props => (
            <Link
              to="/backups/$backup"
              params={{ backup: backup.id }}
              search={{ repository: backup.repository.id }}
              {...props}
            />
          )}
        >
          <Ago time={backup.finishedAt} />
        </Anchor>
        {backup.pinned && (
          <Tooltip label={t.pinned}>
            <IconPinFilled size={15} role="img" aria-label={t.pinned} />
          </Tooltip>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {format.clock(backup.finishedAt)}
      </Text>
    </Box>
  )
}

function NameOf({ backup }: { readonly backup: Backup }) {
  return (
    <Box miw={0}>
      <Text size="sm" className={classes.wrap}>
        {sourceOf(backup)}
      </Text>
      <Text size="xs" c="dimmed" className={classes.wrap}>
        {backup.repository.name}
      </Text>
      {backup.note !== '' && (
        <Text size="xs" mt={2} lineClamp={2} className={classes.wrap} title={backup.note}>
          {backup.note}
        </Text>
      )}
    </Box>
  )
}
