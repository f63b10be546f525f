import { Anchor, Button, Group, Table, Text } from '@mantine/core'
import { IconCalendarPlus, IconCalendarTime } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Schedule } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Empty } from '../../parts/empty.tsx'

interface SourceSchedulesProps {
  readonly source: string
  readonly schedules: readonly Schedule[]
}

/** When a source is backed up, and where to. */
export function SourceSchedules({ source, schedules }: SourceSchedulesProps) {
  const t = useMessages().sources
  const add = (
    <OnlyFor role="admin">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconCalendarPlus size={16} aria-hidden />}
        renderRoot={props => <Link to="/schedules/new" search={{ source }} {...props} />}
      >
        {t.addSchedule}
      </Button>
    </OnlyFor>
  )
  if (schedules.length === 0) {
    return (
      <Empty icon={IconCalendarTime} title={t.noSchedules} action={add}>
        {t.noSchedulesText}
      </Empty>
    )
  }
  return (
    <>
      <Table.ScrollContainer minWidth={520} type="native">
        <Table aria-label={t.tabs.schedules}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.when}</Table.Th>
              <Table.Th>{t.where}</Table.Th>
              <Table.Th>{t.next}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {schedules.map(schedule => (
              <Table.Tr key={schedule.id}>
                <Table.Th scope="row" fw={500}>
                  <Anchor
                    inherit
                    renderRoot={props => (
                      <Link
                        to="/schedules/$schedule"
                        params={{ schedule: schedule.id }}
                        {...props}
                      />
                    )}
                  >
                    {schedule.words}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {schedule.timeZone}
                  </Text>
                </Table.Th>
                <Table.Td>{schedule.repository}</Table.Td>
                <Table.Td>
                  {schedule.enabled ? <Ago time={schedule.nextFire} /> : t.disabled}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group mt="sm">{add}</Group>
    </>
  )
}
