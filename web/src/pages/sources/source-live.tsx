import { Anchor, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { LiveRun } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useActiveRuns, useLiveRun } from '../../live/live.tsx'
import { isOver } from '../../live/live-store.ts'
import { Bar } from '../../parts/bar.tsx'
import { RunControls } from '../../parts/run-controls.tsx'
import { RunProgress } from '../../parts/run-progress.tsx'
import { whatOf } from '../../parts/run-words.ts'
import { RUN_LOOKS, StateBadge } from '../../parts/state-badge.tsx'
import classes from './source.module.css'

/** Of each source, the run that is at work on it, or that ended a moment ago. */
export function useRunsBySource(): ReadonlyMap<string, LiveRun> {
  const runs = useActiveRuns()
  return useMemo(() => {
    const bySource = new Map<string, LiveRun>()
    for (const run of runs) {
      if (run.sourceId === null) continue
      const other = bySource.get(run.sourceId)
      if (other === undefined || isOver(other)) bySource.set(run.sourceId, run)
    }
    return bySource
  }, [runs])
}

/** How far a run is, in a line that leads to it. */
export function RunLine({ run: id }: { readonly run: string }) {
  const run = useLiveRun(id)
  const t = useMessages()
  const format = useFormat()
  if (run === undefined) return null
  const { progress, kind, source } = run
  const percent = progress?.percent
  const stage = progress && (t.states.stage[progress.stage] ?? progress.stage)
  const label = t.sources.progressOf(t.states.kind[kind], source ?? run.repository)
  return (
    <div className={classes.live}>
      <div className={classes.liveWords}>
        <Anchor
          inherit
          aria-label={label}
          renderRoot={props => <Link to="/runs/$run" params={{ run: id }} {...props} />}
        >
          {t.states.kind[kind]}
        </Anchor>
        {run.state === 'running' ? (
          <Text span inherit c="dimmed">
            {percent === undefined ? stage : format.percent(percent / 100)}
          </Text>
        ) : (
          <StateBadge run={run} size="sm" />
        )}
      </div>
      {!isOver(run) && (
        <Bar
          label={label}
          share={percent === undefined ? undefined : percent / 100}
          tone={RUN_LOOKS[run.state].tone}
          isStill={run.state !== 'running'}
        />
      )}
    </div>
  )
}

/** The same with room for all of it, and for what can be done with the run. */
export function RunAtWork({ run: id }: { readonly run: string }) {
  const run = useLiveRun(id)
  const t = useMessages().runs
  if (run === undefined) return null
  return (
    <div className={classes.now}>
      <Group justify="space-between" mb="xs">
        <Anchor
          fw={600}
          className={classes.name}
          renderRoot={props => <Link to="/runs/$run" params={{ run: id }} {...props} />}
        >
          {whatOf(t, run)}
        </Anchor>
        <Group gap="xs">
          <StateBadge run={run} />
          <RunControls run={run} compact />
        </Group>
      </Group>
      <RunProgress run={run} size="lg" />
    </div>
  )
}
