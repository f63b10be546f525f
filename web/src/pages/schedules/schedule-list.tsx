import { ActionIcon, Anchor, Group, Menu, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconCalendarWeek, IconDots, IconHistory, IconPencil, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { memo, useState } from 'react'
import type { Schedule } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { Ago } from '../../parts/ago.tsx'
import cards from '../../parts/cards.module.css'
import { useKeepWords, useScheduleWords } from '../../parts/schedule-words.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import { differs } from '../../parts/zone.ts'
import { useNarrow } from '../runs/use-narrow.ts'
import { EnabledSwitch, RemoveDialog, RunNow } from './schedule-acts.tsx'
import classes from './schedules.module.css'

interface ScheduleListProps {
  readonly schedules: readonly Schedule[]
  /** What those are called that others follow. */
  readonly nameOf: (schedule: string) => string | undefined
}

/** Schedules with what they do next and did last: a table, or cards where there is no room for one. */
export function ScheduleList({ schedules, nameOf }: ScheduleListProps) {
  const t = useMessages().schedules
  const rows = schedules.map(schedule => ({
    schedule,
    after: schedule.afterScheduleId === null ? undefined : nameOf(schedule.afterScheduleId),
  }))
  if (useNarrow()) {
    return (
      <ul className={cards.cards} aria-label={t.title}>
        {rows.map(row => (
          <ScheduleCard key={row.schedule.id} {...row} />
        ))}
      </ul>
    )
  }
  return (
    <Table.ScrollContainer minWidth={860} type="native">
      <Table aria-label={t.title} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.what}</Table.Th>
            <Table.Th>{t.next}</Table.Th>
            <Table.Th>{t.last}</Table.Th>
            <Table.Th>{t.kept}</Table.Th>
            <Table.Th>{t.on}</Table.Th>
            <Table.Th>
              <VisuallyHidden>{t.actions}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => (
            <ScheduleRow key={row.schedule.id} {...row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface RowProps {
  readonly schedule: Schedule
  readonly after: string | undefined
}

const ScheduleRow = memo(function ScheduleRow({ schedule, after }: RowProps) {
  const keepWords = useKeepWords()
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400} className={classes.what}>
        <What schedule={schedule} after={after} />
      </Table.Th>
      <Table.Td className={classes.time}>
        <NextFiring schedule={schedule} />
      </Table.Td>
      <Table.Td className={classes.last}>
        <LastRun schedule={schedule} />
      </Table.Td>
      <Table.Td className={classes.kept}>{keepWords(schedule.keep)}</Table.Td>
      <Table.Td>
        <EnabledSwitch schedule={schedule} />
      </Table.Td>
      <Table.Td>
        <Group gap={2} wrap="nowrap" justify="flex-end">
          <RunNow schedule={schedule} compact />
          <ScheduleMenu schedule={schedule} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
})

const ScheduleCard = memo(function ScheduleCard({ schedule, after }: RowProps) {
  const t = useMessages().schedules
  const keepWords = useKeepWords()
  return (
    <li className={cards.card}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div className={classes.what}>
          <What schedule={schedule} after={after} />
        </div>
        <EnabledSwitch schedule={schedule} />
      </Group>
      <dl className={classes.facts}>
        <div>
          <dt>{t.next}</dt>
          <dd>
            <NextFiring schedule={schedule} />
          </dd>
        </div>
        <div>
          <dt>{t.last}</dt>
          <dd>
            <LastRun schedule={schedule} />
          </dd>
        </div>
        <div>
          <dt>{t.kept}</dt>
          <dd>{keepWords(schedule.keep)}</dd>
        </div>
      </dl>
      <Group gap="xs">
        <RunNow schedule={schedule} compact />
        <ScheduleMenu schedule={schedule} />
      </Group>
    </li>
  )
})

function What({ schedule, after }: RowProps) {
  const words = useScheduleWords()
  return (
    <>
      <Anchor
        c="inherit"
        fw={600}
        renderRoot={props => (
          <Link to="/schedules/$schedule" params={{ schedule: schedule.id }} {...props} />
        )}
      >
        {schedule.source} <span className={classes.arrow}>→</span> {schedule.repository}
      </Anchor>
      <Text size="sm" c="dimmed">
        {words(schedule, after)}
      </Text>
    </>
  )
}

/** By the clock of whoever looks, and by that of its zone where it is another one. */
export function NextFiring({ schedule }: { readonly schedule: Schedule }) {
  const t = useMessages().schedules
  const format = useFormat()
  const { enabled, nextFire, timeZone, cron } = schedule
  if (!enabled) return <Dim>{t.disabled}</Dim>
  if (nextFire === null) return <Dim>{cron === null ? t.followsNext : t.noNext}</Dim>
  const isElsewhere = differs(timeZone, Date.parse(nextFire))
  return (
    <>
      <div>{format.shortTime(nextFire)}</div>
      <Text size="xs" c="dimmed" component="div">
        <Ago time={nextFire} />
        {isElsewhere && <div>{t.thereIs(format.shortTime(nextFire, timeZone), timeZone)}</div>}
      </Text>
    </>
  )
}

const Dim = ({ children }: { readonly children: string }) => (
  <Text span size="sm" c="dimmed">
    {children}
  </Text>
)

function LastRun({ schedule: { lastRun, lastRunAt } }: { readonly schedule: Schedule }) {
  const t = useMessages()
  const live = useLiveRun(lastRun?.id ?? '')
  if (lastRun === null) return <Dim>{t.common.never}</Dim>
  const time = live?.queuedAt ?? lastRunAt
  return (
    <>
      <Link
        to="/runs/$run"
        params={{ run: lastRun.id }}
        className={classes.run}
        aria-label={t.schedules.lastRunOf(t.states.run[(live ?? lastRun).state])}
      >
        <StateBadge run={live ?? lastRun} />
      </Link>
      {time !== null && (
        <Text size="xs" c="dimmed" mt={2} component="div">
          <Ago time={time} />
        </Text>
      )}
    </>
  )
}

function ScheduleMenu({ schedule }: { readonly schedule: Schedule }) {
  const t = useMessages().schedules
  const [isRemoving, setRemoving] = useState(false)
  const params = { schedule: schedule.id }
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon size="lg" aria-label={t.moreOf(schedule.source)}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <OnlyFor role="admin">
            <Menu.Item
              leftSection={<IconPencil size={16} aria-hidden />}
              renderRoot={props => <Link to="/schedules/$schedule" params={params} {...props} />}
            >
              {t.edit}
            </Menu.Item>
          </OnlyFor>
          <Menu.Item
            leftSection={<IconHistory size={16} aria-hidden />}
            renderRoot={props => <Link to="/runs" search={params} {...props} />}
          >
            {t.showRuns}
          </Menu.Item>
          {schedule.cron !== null && (
            <Menu.Item
              leftSection={<IconCalendarWeek size={16} aria-hidden />}
              renderRoot={props => (
                <Link to="/schedules" search={{ view: 'week', ...params }} {...props} />
              )}
            >
              {t.inWeek}
            </Menu.Item>
          )}
          <OnlyFor role="admin">
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => setRemoving(true)}
            >
              {t.remove}
            </Menu.Item>
          </OnlyFor>
        </Menu.Dropdown>
      </Menu>
      {isRemoving && <RemoveDialog schedule={schedule} onClose={() => setRemoving(false)} />}
    </>
  )
}
