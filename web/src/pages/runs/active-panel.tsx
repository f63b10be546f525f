import { Drawer, Stack, Text } from '@mantine/core'
import { useMessages } from '../../i18n/language.tsx'
import { useActiveRuns } from '../../live/live.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'

interface ActivePanelProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Everything that is at work, from every page. */
export function ActivePanel({ isOpen, onClose }: ActivePanelProps) {
  const t = useMessages().app
  const runs = useActiveRuns()
  return (
    <Drawer opened={isOpen} onClose={onClose} position="right" title={t.active(runs.length)}>
      <Stack>
        {runs.map(run => (
          <Text key={run.id} component="div" size="sm">
            {run.source} <StateBadge run={run} />
          </Text>
        ))}
      </Stack>
    </Drawer>
  )
}
