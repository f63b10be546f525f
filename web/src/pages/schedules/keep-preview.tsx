import { Alert, Anchor, Button, Group, Stack, Table, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconAlertTriangle, IconCheck, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { RetentionPreview, RetentionQuestion } from '../../../../src/client/index.ts'
import { ownTimeZone } from '../../data/own-time-zone.ts'
import { retentionPreviewQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { useKeepWords, useSaid } from '../../parts/schedule-words.ts'
import { sentence } from '../../parts/sentence.ts'
import { ToneBadge } from '../../parts/state-badge.tsx'
import { cronIn, type Draft, keepOf } from './draft.ts'
import classes from './schedules.module.css'

const WAIT_MS = 400
/** As many are named at first. */
const FEW = 12

interface KeepPreviewProps {
  readonly draft: Draft
  /** The schedule whose rule it is, where it is there already. */
  readonly schedule?: string | undefined
  /** The server takes the draft's time. */
  readonly isTimeRight: boolean
}

/** Which backups there are would stay, and why, and which would go. */
export function KeepPreview({ draft, schedule, isTimeRight }: KeepPreviewProps) {
  const t = useMessages().schedules.keep
  const [settled] = useDebouncedValue(draft, WAIT_MS)
  const asked = questionOf(settled, schedule, isTimeRight)
  const preview = useQuery({ ...retentionPreviewQuery(asked ?? {}), enabled: asked !== undefined })
  if (asked === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {t.previewNeeds}
      </Text>
    )
  }
  return (
    <Answer query={preview} lines={3}>
      {data => <Shown preview={data} />}
    </Answer>
  )
}

/** Undefined as long as it cannot be asked. */
function questionOf(
  draft: Draft,
  schedule: string | undefined,
  isTimeRight: boolean,
): RetentionQuestion | undefined {
  const { source, repository, timeZone, by } = draft
  const keep = keepOf(draft)
  if (source === null || repository === null || keep === undefined) return undefined
  return {
    ...(schedule !== undefined && { schedule }),
    source,
    repository,
    keep,
    timeZone,
    ...(by !== 'after' && isTimeRight && { cron: cronIn(draft) }),
  }
}

function Shown({ preview }: { readonly preview: RetentionPreview }) {
  const t = useMessages().schedules.keep
  const format = useFormat()
  const say = useSaid()
  const keepWords = useKeepWords()
  const { counts, bytes, longRun, warnings, keep } = preview
  return (
    <Stack gap="sm">
      <div role="status">
        <Text fw={600}>
          {counts.all === 0
            ? t.noBackups
            : t.counts(format.number(counts.stays), format.number(counts.goes), counts.goes)}
        </Text>
        <Text size="sm" c="dimmed">
          {[
            ...(counts.goes > 0 ? [t.bytesGo(format.bytes(bytes.goes))] : []),
            ...(keep === null || longRun === null
              ? [t.forEver]
              : [
                  t.longRun(
                    keepWords(keep),
                    format.number(longRun.backups),
                    format.duration(longRun.days * 86_400),
                  ),
                ]),
          ].join(' ')}
        </Text>
      </div>
      {warnings.length > 0 && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle />} py="xs">
          {warnings.map(one => (
            <Text key={one} size="sm">
              {sentence(say(one))}
            </Text>
          ))}
        </Alert>
      )}
      {counts.all > 0 && <Backups preview={preview} />}
    </Stack>
  )
}

function Backups({ preview: { backups, timeZone, counts } }: { preview: RetentionPreview }) {
  const t = useMessages().schedules.keep
  const format = useFormat()
  const say = useSaid()
  const [isWhole, setWhole] = useState(false)
  // Those that go are what one looks for.
  const going = backups.filter(({ goes }) => goes)
  const few = new Set([...backups.slice(0, FEW), ...going.slice(0, FEW)])
  const shown = isWhole ? backups : backups.filter(one => few.has(one))
  return (
    <>
      <div className={classes.backups}>
        <Table aria-label={t.previewOf} verticalSpacing={6} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                {t.backup}
                {timeZone !== ownTimeZone() && (
                  <Text size="xs" className={classes.zone}>
                    {timeZone}
                  </Text>
                )}
              </Table.Th>
              <Table.Th>{t.becomes}</Table.Th>
              <Table.Th>{t.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ id, startedAt, goes, keptBy, marked }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <Anchor
                    inherit
                    renderRoot={props => (
                      <Link to="/backups/$backup" params={{ backup: id }} {...props} />
                    )}
                  >
                    {format.dateTime(startedAt, timeZone)}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  {goes ? (
                    <ToneBadge icon={IconTrash} tone="bad">
                      {marked ? t.goesMarked : t.goes}
                    </ToneBadge>
                  ) : (
                    <ToneBadge icon={IconCheck} tone="good">
                      {t.stays}
                    </ToneBadge>
                  )}
                </Table.Td>
                <Table.Td>{goes ? t.nothingKeeps : format.list(keptBy.map(say))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {shown.length < backups.length && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setWhole(true)}>
            {t.showAll(backups.length)}
          </Button>
        </Group>
      )}
      {isWhole && backups.length < counts.all && (
        <Text size="sm" c="dimmed">
          {t.notNamed(format.number(counts.all - backups.length))}
        </Text>
      )}
    </>
  )
}
