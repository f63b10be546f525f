import { Alert, Box, Stack, Table, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { Preflight } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useNow } from '../../parts/now.tsx'
import { Section } from '../../parts/section.tsx'
import classes from './restore.module.css'

type Found = NonNullable<Preflight['losses']>

/** What the database in use has and the backup has not. */
export function Losses({ looked }: { readonly looked: Preflight }) {
  const t = useMessages().restore
  const format = useFormat()
  const now = useNow()
  const { losses, backup } = looked
  const age = format.duration(Math.max(0, (now - Date.parse(backup.finishedAt)) / 1000))
  return (
    <Section title={t.losses}>
      <Stack>
        <Alert color="orange" icon={<IconAlertTriangle />}>
          <Text size="sm">
            {t.lossesText(age)}{' '}
            {losses !== null && losses.onlyLive > 0 && t.lossesTables(losses.onlyLive)}{' '}
            {losses !== null && losses.onlyBackup > 0 && t.lossesBack(losses.onlyBackup)}
          </Text>
        </Alert>
        {losses === null ? (
          <Text size="sm">{t.lossesUnknown}</Text>
        ) : (
          losses.tables.length > 0 && <LossTable losses={losses} />
        )}
      </Stack>
    </Section>
  )
}

function LossTable({ losses: { tables, total } }: { readonly losses: Found }) {
  const t = useMessages().restore
  const format = useFormat()
  return (
    <>
      <Box className={classes.losses} tabIndex={0} role="region" aria-label={t.lossesBox}>
        <Table stickyHeader verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.table}</Table.Th>
              <Table.Th className={classes.number}>{t.rowsNow}</Table.Th>
              <Table.Th className={classes.number}>{t.rowsThen}</Table.Th>
              <Table.Th className={classes.number}>{t.difference}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tables.map(table => (
              <LossRow key={table.name} table={table} />
            ))}
          </Table.Tbody>
        </Table>
      </Box>
      <Text size="xs" c="dimmed">
        {tables.some(isEstimated) && t.lossesEstimate}{' '}
        {total > tables.length && t.lossesFirst(format.number(tables.length), format.number(total))}
      </Text>
    </>
  )
}

type Loss = Found['tables'][number]

const isEstimated = ({ counted, liveRows }: Loss): boolean => liveRows !== null && !counted

function LossRow({ table }: { readonly table: Loss }) {
  const t = useMessages().restore
  const { none } = useMessages().units
  const format = useFormat()
  const { name, liveRows, backupRows } = table
  const about = (text: string) => (isEstimated(table) ? t.about(text) : text)
  const now = table.in === 'backup' ? 0 : liveRows
  const difference = now === null ? undefined : (backupRows ?? 0) - now
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} className={classes.wrap}>
        {name}
      </Table.Th>
      <Table.Td className={classes.number}>
        {table.in === 'backup'
          ? t.notThere
          : liveRows === null
            ? none
            : about(format.number(liveRows))}
      </Table.Td>
      <Table.Td className={classes.number}>
        {backupRows === null ? t.notInBackup : format.number(backupRows)}
      </Table.Td>
      <Table.Td className={classes.number}>
        {difference === undefined
          ? none
          : about(signed(difference, format.number(Math.abs(difference))))}
      </Table.Td>
    </Table.Tr>
  )
}

const signed = (difference: number, text: string): string => {
  if (difference === 0) return '±0'
  return difference > 0 ? `+${text}` : `−${text}`
}
