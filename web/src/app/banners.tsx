import { Alert, Stack } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCalendarOff, IconPlayerPause, IconPlugConnectedX } from '@tabler/icons-react'
import { useMessages } from '../i18n/language.tsx'
import { useStanding } from '../live/live.tsx'
import { useSessionEnd } from './session.tsx'

/** A blink of the network is not worth a word. */
const PATIENCE_MS = 1_500

/** What is true of everything that is shown. */
export function Banners() {
  const t = useMessages().app
  const { connection, paused, scheduler } = useStanding()
  // Whoever is logged out is asked to log in, and nothing is wrong with the connection.
  const [hasEnded] = useSessionEnd()
  const [settled] = useDebouncedValue(connection, PATIENCE_MS)
  const isLost = connection === 'lost' && settled === 'lost' && !hasEnded
  if (!isLost && !paused && scheduler !== 'stopped') return null
  return (
    <Stack gap="xs" mb="md">
      {isLost && (
        <Alert role="status" color="orange" icon={<IconPlugConnectedX />} py="xs">
          {t.lost}
        </Alert>
      )}
      {paused && (
        <Alert role="status" color="violet" icon={<IconPlayerPause />} py="xs">
          {t.pausedAll}
        </Alert>
      )}
      {scheduler === 'stopped' && (
        <Alert role="status" color="orange" icon={<IconCalendarOff />} py="xs">
          {t.schedulerStopped}
        </Alert>
      )}
    </Stack>
  )
}
