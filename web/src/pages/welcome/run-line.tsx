import { Alert, Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import type { LiveRun, Run } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { FaultLine, FaultRest } from '../../parts/fault-text.tsx'
import { sentence } from '../../parts/sentence.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import classes from './first-proof.module.css'
import { isOver } from './first-runs.ts'

interface RunLineProps {
  readonly run: Run
  readonly title: string
  /** It is over, and what came of it can be asked for. */
  readonly onOver: () => void
  readonly onRetry: (run: Run) => void
  /** The database was changed since the backup: what makes a new one. */
  readonly onDiffers?: () => void
}

/** One run before the eyes: its state, how far it is, and how it ended. */
export function RunLine({ run, title, onOver, onRetry, onDiffers }: RunLineProps) {
  const live = useLiveRun(run.id)
  const now = live ?? run
  const isNews = live !== undefined && isOver(live) && !isOver(run)
  const tell = useEffectEvent(onOver)
  useEffect(() => {
    if (isNews) tell()
  }, [isNews])
  return (
    <Stack gap={6} className={classes.line}>
      <Group justify="space-between" gap="xs">
        <Anchor
          size="sm"
          renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
        >
          {title}
        </Anchor>
        <StateBadge run={now} />
      </Group>
      {isOver(now) ? (
        <Outcome run={run} onRetry={onRetry} onDiffers={onDiffers} />
      ) : (
        <HowFar run={live ?? run} title={title} />
      )}
    </Stack>
  )
}

interface HowFarProps {
  readonly run: Pick<LiveRun, 'state'> & { readonly progress: Partial<LiveRun['progress']> }
  readonly title: string
}

function HowFar({ run: { state, progress }, title }: HowFarProps) {
  const t = useMessages()
  const format = useFormat()
  const percent = progress?.percent
  const stage = progress?.stage ?? 'preparing'
  const parts = [
    state === 'queued' ? t.welcome.waiting : (t.states.stage[stage] ?? stage),
    ...(progress?.bytes ? [format.bytes(progress.bytes)] : []),
    ...(progress?.item ? [progress.item] : []),
  ]
  return (
    <>
      <Progress.Root size="sm">
        <Progress.Section
          value={percent ?? 100}
          animated={percent === undefined}
          striped={percent === undefined}
          aria-label={title}
          withAria
        />
      </Progress.Root>
      <Text size="xs" c="dimmed" truncate>
        {parts.join(' · ')}
      </Text>
    </>
  )
}

function Outcome({ run, onRetry, onDiffers }: Pick<RunLineProps, 'run' | 'onRetry' | 'onDiffers'>) {
  const t = useMessages().welcome
  const format = useFormat()
  const { failure, result, startedAt, finishedAt } = run
  if (run.state === 'completed') {
    const { tables = 0, rows = 0, bytes } = result ?? {}
    const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000
    const parts = [
      t.tables(tables, format.number(tables)),
      t.rows(rows, format.number(rows)),
      ...(bytes === undefined ? [] : [format.bytes(bytes)]),
      ...(seconds >= 0 ? [format.duration(seconds)] : []),
    ]
    return (
      <Text size="xs" c="dimmed">
        {parts.join(' · ')}
      </Text>
    )
  }
  if (!isOver(run)) return null
  if (failure?.code === 'DATABASE_DIFFERS' && onDiffers) {
    return (
      <Alert role="alert" color="yellow" title={<FaultLine error={failure} />}>
        <Stack gap="xs" align="flex-start">
          <Text size="sm">{t.differs}</Text>
          <Button variant="default" size="xs" onClick={onDiffers}>
            {t.backUpAgain}
          </Button>
        </Stack>
      </Alert>
    )
  }
  return (
    <Alert
      role="alert"
      color="red"
      title={failure === null ? sentence(t.notDone) : <FaultLine error={failure} />}
    >
      <Stack gap="xs" align="flex-start">
        {failure !== null && <FaultRest error={failure} />}
        <Button variant="default" size="xs" onClick={() => onRetry(run)}>
          {t.tryAgain}
        </Button>
      </Stack>
    </Alert>
  )
}
