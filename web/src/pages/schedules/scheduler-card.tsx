import { Anchor, Button, Group, Skeleton, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { Scheduler } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { schedulerQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useStanding } from '../../live/live.tsx'
import { useAct } from '../../parts/act.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { PauseAll } from '../../parts/pause-all.tsx'
import { Section } from '../../parts/section.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import classes from './schedules.module.css'

/** Ages of nodes, and what becomes overdue, are told by no event. */
const ANEW_MS = 30_000

/** Whether schedules fire, what comes next, and who performs it. */
export function SchedulerCard() {
  const t = useMessages().schedules.scheduler
  const scheduler = useQuery({ ...schedulerQuery, refetchInterval: ANEW_MS })
  const standing = useStanding()
  const { data } = scheduler
  const told = data && {
    ...data,
    state: standing.scheduler ?? data.state,
    paused: standing.connection === 'live' ? standing.paused : data.paused,
  }
  return (
    <Section
      title={t.title}
      lead={told && <Standing scheduler={told} />}
      actions={
        told && (
          <OnlyFor role="operator">
            <Group gap="xs">
              <PauseAll isIdle={data.runs.running === 0 && data.queueDepth === 0} />
              {told.state === 'running' ? <Stop /> : <Start />}
            </Group>
          </OnlyFor>
        )
      }
    >
      {scheduler.error !== null && <FaultAlert error={scheduler.error} />}
      {told ? <Facts scheduler={told} /> : <Skeleton height={92} />}
    </Section>
  )
}

function Standing({ scheduler: { state, paused, schedules } }: { scheduler: Scheduler }) {
  const t = useMessages().schedules.scheduler
  const { overdue = 0, aheadOfClock = 0 } = schedules
  return (
    <Group gap="xs" mt={6}>
      {state === 'running' ? (
        <ToneBadge icon={IconCircleCheck} tone="good">
          {t.running}
        </ToneBadge>
      ) : (
        <ToneBadge icon={IconPlayerStop} tone="warn">
          {t.stopped}
        </ToneBadge>
      )}
      {paused && (
        <ToneBadge icon={IconPlayerPause} tone="still">
          {t.paused}
        </ToneBadge>
      )}
      {overdue > 0 && (
        <ToneBadge icon={IconAlertTriangle} tone="bad">
          {t.overdue(overdue)}
        </ToneBadge>
      )}
      {aheadOfClock > 0 && (
        <ToneBadge icon={IconAlertTriangle} tone="warn">
          {t.aheadOfClock(aheadOfClock)}
        </ToneBadge>
      )}
    </Group>
  )
}

function Facts({ scheduler }: { readonly scheduler: Scheduler }) {
  const t = useMessages().schedules.scheduler
  const { next, last, schedules, runs, queueDepth } = scheduler
  return (
    <dl className={classes.facts}>
      <Fact name={t.next}>
        {next === null ? (
          t.noNext
        ) : (
          <>
            <ToSchedule {...next} /> <Ago time={next.at} />
          </>
        )}
      </Fact>
      <Fact name={t.last}>
        {last === null ? (
          t.noLast
        ) : (
          <>
            {last.run === null ? (
              last.source
            ) : (
              <Anchor
                inherit
                underline="always"
                renderRoot={props => (
                  <Link to="/runs/$run" params={{ run: last.run ?? '' }} {...props} />
                )}
              >
                {last.source}
              </Anchor>
            )}{' '}
            <Ago time={last.at} />
          </>
        )}
      </Fact>
      <Fact name={t.schedules}>{t.enabled(schedules.enabled, schedules.disabled)}</Fact>
      <Fact name={t.queue}>{t.queued(runs.running + runs.paused, queueDepth)}</Fact>
      <Fact name={t.nodes}>
        <Nodes nodes={scheduler.nodes} now={scheduler.now} />
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

const ToSchedule = ({ schedule, source }: { schedule: string; source: string }) => (
  <Anchor
    inherit
    underline="always"
    renderRoot={props => <Link to="/schedules/$schedule" params={{ schedule }} {...props} />}
  >
    {source}
  </Anchor>
)

function Nodes({ nodes, now }: Pick<Scheduler, 'nodes' | 'now'>) {
  const t = useMessages().schedules.scheduler
  const format = useFormat()
  const time = Date.parse(now)
  if (nodes.length === 0) return t.noNodes
  return (
    <ul className={classes.nodes}>
      {nodes.map(({ id, host, pid, version, maxRuns, startedAt, seenAt, lost }) => {
        const standing = lost
          ? t.nodeLost(format.ago(seenAt, time))
          : t.nodeSince(format.ago(startedAt, time))
        return (
          <li key={id} title={t.nodeAbout(pid, version, format.dateTime(seenAt))}>
            {host}{' '}
            <Text span size="xs" c="dimmed">
              {[t.places(maxRuns), standing].join(' · ')}
            </Text>
          </li>
        )
      })}
    </ul>
  )
}

function Start() {
  const t = useMessages().schedules.scheduler
  const start = useAct(() => client.startScheduler(), { done: t.started })
  return (
    <Button
      size="xs"
      leftSection={<IconPlayerPlay size={16} aria-hidden />}
      loading={start.isPending}
      onClick={() => start.mutate()}
    >
      {t.start}
    </Button>
  )
}

function Stop() {
  const t = useMessages().schedules.scheduler
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t.stop}
      </Button>
      {isAsking && (
        <Confirm
          title={t.stopTitle}
          action={t.stopYes}
          onConfirm={() => client.stopScheduler()}
          onClose={() => setAsking(false)}
        >
          <p>{t.stopText}</p>
          <p>{t.stopThen}</p>
        </Confirm>
      )}
    </>
  )
}
