import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { LiveRun, Run } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { repositoryChecksQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useActiveRuns } from '../../live/live.tsx'
import { isOver } from '../../live/live-store.ts'
import { useAct } from '../../parts/act.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { FaultLine } from '../../parts/fault-text.tsx'
import { RunControls } from '../../parts/run-controls.tsx'
import { LiveRunProgress } from '../../parts/run-progress.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { CheckResult } from '../runs/check-result.tsx'
import classes from './repositories.module.css'

/** Whether everything is there and whole: the check that is at work, and what the last ones found. */
export function RepositoryChecks({ repository }: { readonly repository: string }) {
  const t = useMessages().repositories.checks
  const active = useActiveRuns().find(
    run => run.kind === 'check' && run.repositoryId === repository && !isOver(run),
  )
  const query = useQuery(repositoryChecksQuery(repository))
  return (
    <div className={classes.check}>
      <Text size="sm">{t.lead}</Text>
      {active !== undefined && <AtWork run={active} />}
      <OnlyFor role="operator">
        <CheckNow repository={repository} isAtWork={active !== undefined} />
      </OnlyFor>
      <Answer query={query} lines={3}>
        {({ runs }) => <Past runs={runs.filter(isOver)} />}
      </Answer>
    </div>
  )
}

function AtWork({ run }: { readonly run: LiveRun }) {
  const t = useMessages().repositories.checks
  return (
    <Stack gap="xs" role="group" aria-label={t.now}>
      <Group justify="space-between">
        <Group gap="sm">
          <StateBadge run={run} />
          <ToRun run={run.id}>{t.showRun}</ToRun>
        </Group>
        <Group gap={4}>
          <RunControls run={run} compact />
        </Group>
      </Group>
      <LiveRunProgress id={run.id} />
    </Stack>
  )
}

interface CheckNowProps {
  readonly repository: string
  readonly isAtWork: boolean
}

/** Names and sizes, which takes moments; or every byte, which takes as long as reading the storage does. */
function CheckNow({ repository, isAtWork }: CheckNowProps) {
  const t = useMessages().repositories.checks
  const [fault, setFault] = useState<unknown>()
  const [isAsking, setAsking] = useState(false)
  const check = useAct(
    (readData: boolean) => client.startRepositoryCheck(repository, { readData }),
    { done: t.started, showsFault: true },
  )
  const start = () => {
    setFault(undefined)
    check.mutate(false, { onError: setFault })
  }
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button
          leftSection={<IconListCheck size={16} aria-hidden />}
          loading={check.isPending}
          disabled={isAtWork}
          onClick={start}
        >
          {t.quick}
        </Button>
        <Button
          variant="default"
          disabled={isAtWork || check.isPending}
          onClick={() => setAsking(true)}
        >
          {t.thorough}
        </Button>
      </Group>
      {fault !== undefined && <FaultAlert error={fault} />}
      {isAsking && (
        <Confirm
          title={t.thoroughTitle}
          action={t.readData}
          color="kelp"
          onConfirm={async () => await check.mutateAsync(true)}
          onClose={() => setAsking(false)}
        >
          {t.readHint}
        </Confirm>
      )}
    </Stack>
  )
}

function Past({ runs: [latest, ...earlier] }: { readonly runs: readonly Run[] }) {
  const t = useMessages().repositories.checks
  if (latest === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {t.never}
      </Text>
    )
  }
  return (
    <Stack gap="sm" role="group" aria-label={t.last}>
      <Group gap="sm">
        <StateBadge run={latest} />
        <Text size="sm">
          {t.last}: <Ago time={latest.finishedAt} />
        </Text>
        <ToRun run={latest.id}>{t.showRun}</ToRun>
      </Group>
      {latest.result === null ? (
        latest.failure && (
          <Text size="sm">
            <FaultLine error={latest.failure} />
          </Text>
        )
      ) : (
        <Stack gap={6}>
          <CheckResult result={latest.result} />
        </Stack>
      )}
      {earlier.length > 0 && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {t.earlier}
          </Text>
          {earlier.map(run => (
            <Group key={run.id} gap={6}>
              <StateBadge run={run} size="sm" />
              <ToRun run={run.id}>
                <Ago time={run.finishedAt} />
              </ToRun>
            </Group>
          ))}
        </Group>
      )}
    </Stack>
  )
}

interface ToRunProps {
  readonly run: string
  readonly children: ReactNode
}

function ToRun({ run, children }: ToRunProps) {
  return (
    <Anchor size="sm" renderRoot={props => <Link to="/runs/$run" params={{ run }} {...props} />}>
      {children}
    </Anchor>
  )
}
