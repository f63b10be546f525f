import { Button, Drawer, Group, Text } from '@mantine/core'
import { IconActivity } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ActiveRuns } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { activeRunsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useActiveRuns, useStanding } from '../../live/live.tsx'
import { Empty } from '../../parts/empty.tsx'
import { useSecond } from '../../parts/now.tsx'
import { PauseAll } from '../../parts/pause-all.tsx'
import classes from './active.module.css'
import { ActiveList } from './active-list.tsx'

interface ActiveDrawerProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Everything that is at work or waits, and how the queue stands. */
export function ActiveDrawer({ isOpen, onClose }: ActiveDrawerProps) {
  const t = useMessages().runs.active
  const { close } = useMessages().common
  return (
    <Drawer
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="lg"
      title={t.title}
      closeButtonProps={{ 'aria-label': close }}
      classNames={{ content: classes.content, body: classes.body, title: classes.title }}
      // The page has a header already.
      attributes={{ header: { role: 'presentation' } }}
    >
      <Active onLeave={onClose} />
    </Drawer>
  )
}

function Active({ onLeave }: { readonly onLeave: () => void }) {
  const t = useMessages().runs.active
  const runs = useActiveRuns()
  const { more } = useStanding()
  const mayPause = useMay('operator')
  const { data: queue } = useQuery(activeRunsQuery)
  const isEmpty = runs.length === 0 && more === 0
  return (
    <>
      <Group justify="space-between" align="flex-start" gap="sm" mb="sm">
        {queue ? <Queue queue={queue} /> : <span />}
        {mayPause && <PauseAll isIdle={isEmpty} />}
      </Group>
      {isEmpty ? (
        <Empty icon={IconActivity} title={t.empty}>
          {t.emptyText}
        </Empty>
      ) : (
        <ActiveList runs={runs} queue={queue} onLeave={onLeave} />
      )}
      {more > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t.more(more)}
        </Text>
      )}
      <Group mt="md">
        <Button
          variant="default"
          renderRoot={props => <Link to="/runs" {...props} />}
          onClick={onLeave}
        >
          {t.all}
        </Button>
      </Group>
    </>
  )
}

/** How many there are of each, how many places are taken, and how long the longest waits. */
function Queue({ queue }: { readonly queue: ActiveRuns }) {
  const t = useMessages().runs.active
  const format = useFormat()
  const now = useSecond()
  const { counts, places, waitingSince } = queue
  const named = (['running', 'paused', 'queued', 'retrying'] as const)
    .filter(state => counts[state] > 0)
    .map(state => t.counts[state](counts[state]))
  const waited = waitingSince === null ? undefined : (now - Date.parse(waitingSince)) / 1000
  const about = [
    places === 0 ? t.noPlaces : t.places(counts.running + counts.paused, places),
    ...(waited === undefined
      ? []
      : [t.waitingSince(format.duration(Math.max(0, Math.floor(waited))))]),
  ]
  return (
    <div role="status" aria-live="off" className={classes.queue}>
      {named.length > 0 && <Text fw={600}>{named.join(' · ')}</Text>}
      <Text size="sm" c="dimmed">
        {about.join(' · ')}
      </Text>
    </div>
  )
}
