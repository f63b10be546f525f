import { Anchor, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useMemo, useRef } from 'react'
import type { ActiveRun, ActiveRuns, LiveRun } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { KindIcon } from '../../parts/kind-icon.tsx'
import { RunControls } from '../../parts/run-controls.tsx'
import { RunProgress } from '../../parts/run-progress.tsx'
import { whatOf } from '../../parts/run-words.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import classes from './active.module.css'

/** What a row is high before anybody has seen it. */
const USUAL_HEIGHT = 116

interface ActiveListProps {
  readonly runs: readonly LiveRun[]
  /** How the queue stands, once that is known. */
  readonly queue: ActiveRuns | undefined
  readonly onLeave: () => void
}

/** Runs that are not over. Only the rows that are seen are there, and each of them listens to its own run. */
export function ActiveList({ runs, queue, onLeave }: ActiveListProps) {
  const t = useMessages().runs.active
  const box = useRef<HTMLDivElement>(null)
  const waiting = useMemo(() => new Map(queue?.runs.map(run => [run.id, run])), [queue])
  const ids = useMemo(() => inOrder(runs, waiting), [runs, waiting])
  // oxlint-disable-next-line react/incompatible-library -- nothing is memoized by a compiler here
  const rows = useVirtualizer({
    count: ids.length,
    getScrollElement: () => box.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: at => ids[at] ?? at,
    overscan: 3,
    gap: 8,
  })
  return (
    <section ref={box} className={classes.box} aria-label={t.list}>
      <ul className={classes.list} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <li
            key={key}
            data-index={index}
            ref={rows.measureElement}
            className={classes.row}
            style={{ transform: `translateY(${start}px)` }}
            aria-posinset={index + 1}
            aria-setsize={ids.length}
          >
            <ActiveRow
              id={String(key)}
              position={waiting.get(String(key))?.position}
              waitsFor={waiting.get(String(key))?.waitsFor}
              onLeave={onLeave}
            />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Those at work first, then the queue in its order. What ended a moment ago stays where it was. */
function inOrder(
  runs: readonly LiveRun[],
  waiting: ReadonlyMap<string, ActiveRun>,
): readonly string[] {
  const placeOf = ({ id, state }: LiveRun) =>
    state === 'queued' || state === 'retrying'
      ? (waiting.get(id)?.position ?? Number.MAX_SAFE_INTEGER)
      : 0
  return runs.toSorted((a, b) => placeOf(a) - placeOf(b)).map(run => run.id)
}

interface ActiveRowProps {
  readonly id: string
  readonly position: ActiveRun['position'] | undefined
  readonly waitsFor: ActiveRun['waitsFor'] | undefined
  readonly onLeave: () => void
}

const ActiveRow = memo(({ id, position, waitsFor, onLeave }: ActiveRowProps) => {
  const t = useMessages().runs
  const run = useLiveRun(id)
  if (run === undefined) return null
  const what = whatOf(t, run)
  const waits = [
    ...(position ? [t.place(position)] : []),
    ...(waitsFor && waitsFor !== 'retry' ? [t.waits[waitsFor]] : []),
  ].join(': ')
  return (
    <div className={classes.card}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Group gap={8} wrap="nowrap" miw={0} align="flex-start">
          <KindIcon kind={run.kind} />
          <Anchor
            className={classes.name}
            size="sm"
            fw={600}
            lineClamp={2}
            title={what}
            renderRoot={props => <Link to="/runs/$run" params={{ run: id }} {...props} />}
            onClick={onLeave}
          >
            {what}
          </Anchor>
        </Group>
        <StateBadge run={run} size="sm" />
      </Group>
      <RunProgress run={run} waits={waits} />
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed" truncate>
          {run.state === 'retrying' && position ? t.place(position) : run.triggeredBy}
        </Text>
        <Group gap={2} wrap="nowrap">
          <RunControls run={run} compact />
        </Group>
      </Group>
    </div>
  )
})
