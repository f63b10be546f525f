import { Anchor, Button, Table, Text } from '@mantine/core'
import { IconCalendarOff, IconCalendarTime, IconTrash } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Run, Schedule } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { firingsQuery, runsPageQuery, scheduleQuery, schedulesQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { useAct } from '../../parts/act.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Page } from '../../parts/page.tsx'
import { useKeepWords, useScheduleWords } from '../../parts/schedule-words.ts'
import { Section } from '../../parts/section.tsx'
import { StateBadge, ToneBadge } from '../../parts/state-badge.tsx'
import { changesOf, draftOf } from './draft.ts'
import { NextFirings } from './next-firings.tsx'
import { EnabledSwitch, RemoveDialog, RunNow, useEffectWords } from './schedule-acts.tsx'
import { ScheduleForm } from './schedule-form.tsx'
import classes from './schedules.module.css'

export function SchedulePage() {
  const t = useMessages()
  const { schedule: id } = useParams({ from: '/inside/schedules/$schedule' })
  const schedule = useQuery(scheduleQuery(id))
  const crumbs = [{ label: t.schedules.title, to: '/schedules' }] as const
  if (schedule.data === undefined) {
    return (
      <Page title={t.common.schedule} crumbs={crumbs}>
        <Answer query={schedule} lines={10}>
          {() => null}
        </Answer>
      </Page>
    )
  }
  const { data } = schedule
  return (
    <Page
      title={`${data.source} → ${data.repository}`}
      lead={<Sentence schedule={data} />}
      crumbs={crumbs}
      badge={<Standing schedule={data} />}
      actions={<Actions schedule={data} />}
    >
      <OnlyFor role="admin" otherwise={<Reading schedule={data} />}>
        <LastRuns schedule={data} />
        <Edit schedule={data} />
      </OnlyFor>
    </Page>
  )
}

interface ScheduleProps {
  readonly schedule: Schedule
}

function Sentence({ schedule }: ScheduleProps) {
  const words = useScheduleWords()
  const { data } = useQuery(schedulesQuery())
  const followed = data?.schedules.find(({ id }) => id === schedule.afterScheduleId)
  return words(schedule, followed?.source)
}

function Standing({ schedule: { enabled } }: ScheduleProps) {
  const t = useMessages().schedules
  return enabled ? (
    <ToneBadge icon={IconCalendarTime} tone="good">
      {t.enabled}
    </ToneBadge>
  ) : (
    <ToneBadge icon={IconCalendarOff} tone="muted">
      {t.disabled}
    </ToneBadge>
  )
}

function Actions({ schedule }: ScheduleProps) {
  const t = useMessages().schedules
  const navigate = useNavigate()
  const [isRemoving, setRemoving] = useState(false)
  return (
    <>
      <OnlyFor role="admin">
        <EnabledSwitch schedule={schedule} label={t.enabledLabel} />
        <Button
          variant="default"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => setRemoving(true)}
        >
          {t.remove}
        </Button>
      </OnlyFor>
      <RunNow schedule={schedule} />
      {isRemoving && (
        <RemoveDialog
          schedule={schedule}
          onDone={() => void navigate({ to: '/schedules' })}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  )
}

function Next({ schedule }: ScheduleProps) {
  const t = useMessages().schedules
  const firings = useQuery({ ...firingsQuery(schedule.id, 5), enabled: schedule.enabled })
  return (
    <Section title={t.nextFirings}>
      {!schedule.enabled || schedule.cron === null ? (
        <Text size="sm" c="dimmed">
          {schedule.enabled ? t.followsNext : t.disabledNext}
        </Text>
      ) : (
        <Answer query={firings} lines={5}>
          {data => <NextFirings firings={data.firings} timeZone={schedule.timeZone} />}
        </Answer>
      )}
    </Section>
  )
}

const LAST = 5

function LastRuns({ schedule: { id } }: ScheduleProps) {
  const t = useMessages()
  const runs = useQuery(runsPageQuery({ schedule: id, limit: LAST }))
  return (
    <Section
      title={t.schedules.lastRuns}
      actions={
        <Anchor
          size="sm"
          renderRoot={props => <Link to="/runs" search={{ schedule: id }} {...props} />}
        >
          {t.schedules.allRuns}
        </Anchor>
      }
    >
      <Answer query={runs} lines={5}>
        {({ runs: found }) =>
          found.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t.schedules.noRuns}
            </Text>
          ) : (
            <Table.ScrollContainer minWidth={250} type="native">
              <Table aria-label={t.schedules.lastRuns} verticalSpacing={6}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t.common.time}</Table.Th>
                    <Table.Th>{t.common.state}</Table.Th>
                    <Table.Th visibleFrom="sm">{t.schedules.by}</Table.Th>
                    <Table.Th ta="right">{t.schedules.took}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map(run => (
                    <RunRow key={run.id} run={run} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Answer>
    </Section>
  )
}

function RunRow({ run: answered }: { readonly run: Run }) {
  const t = useMessages()
  const format = useFormat()
  const { state, wanted, startedAt, finishedAt } = useLiveRun(answered.id) ?? answered
  const seconds =
    startedAt === null || finishedAt === null
      ? undefined
      : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <Anchor
          inherit
          renderRoot={props => <Link to="/runs/$run" params={{ run: answered.id }} {...props} />}
        >
          <Ago time={answered.queuedAt} />
        </Anchor>
      </Table.Th>
      <Table.Td>
        <StateBadge run={{ state, wanted }} />
      </Table.Td>
      <Table.Td visibleFrom="sm">{t.states.trigger[answered.trigger]}</Table.Td>
      <Table.Td ta="right">
        {seconds === undefined ? t.units.none : format.duration(seconds)}
      </Table.Td>
    </Table.Tr>
  )
}

/** The form begins anew where somebody else has changed the schedule meanwhile. */
function Edit({ schedule }: ScheduleProps) {
  const t = useMessages().schedules
  const effect = useEffectWords()
  const queries = useQueryClient()
  const first = draftOf(schedule)
  const save = useAct(
    async (draft: typeof first) => {
      const changed = await client.editSchedule(schedule.id, changesOf(draft, schedule))
      await queries.invalidateQueries({ queryKey: ['schedules'] })
      return changed
    },
    { done: changed => effect(t.saved, changed), showsFault: true },
  )
  return (
    <ScheduleForm
      key={JSON.stringify(first)}
      first={first}
      schedule={schedule}
      action={t.save}
      isBusy={save.isPending}
      fault={save.error}
      onSave={draft => save.mutate(draft)}
      beside={<Next schedule={schedule} />}
    />
  )
}

/** What those see who may not change it. */
function Reading({ schedule }: ScheduleProps) {
  return (
    <>
      <div className={classes.form}>
        <LastRuns schedule={schedule} />
        <Next schedule={schedule} />
      </div>
      <Facts schedule={schedule} />
    </>
  )
}

function Facts({ schedule }: ScheduleProps) {
  const t = useMessages().schedules
  const format = useFormat()
  const keepWords = useKeepWords()
  const { timeZone, keep, retry, priority, maxBytes } = schedule
  const delays = (seconds: readonly number[]) =>
    seconds.length === 0 ? t.fine.none : seconds.map(one => format.duration(one)).join(', ')
  const facts = [
    [t.timeZone, timeZone],
    [t.kept, keepWords(keep)],
    [t.fine.delays, delays(retry.delays)],
    [t.fine.networkDelays, delays(retry.networkDelays)],
    [t.fine.priority, format.number(priority)],
    [t.fine.maxSize, maxBytes === null ? t.fine.maxSizeNone : format.bytes(maxBytes)],
  ] as const
  return (
    <Section title={t.settings}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
