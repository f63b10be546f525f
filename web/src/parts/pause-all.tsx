import { Button } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useState } from 'react'
import { client } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { useStanding } from '../live/live.tsx'
import { useAct } from './act.tsx'
import { Confirm } from './confirm.tsx'

/** Lets everything stand still, after a question, or go on. For those who may. */
export function PauseAll({ isIdle }: { readonly isIdle: boolean }) {
  const t = useMessages().runs.active
  const { paused } = useStanding()
  const [isAsking, setAsking] = useState(false)
  const resume = useAct(() => client.resumeAll(), { done: t.resumedAll })
  if (paused) {
    return (
      <Button
        size="xs"
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        loading={resume.isPending}
        onClick={() => resume.mutate()}
      >
        {t.resumeAll}
      </Button>
    )
  }
  return (
    <>
      <Button
        size="xs"
        variant={isIdle ? 'subtle' : 'default'}
        leftSection={<IconPlayerPause size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t.pauseAll}
      </Button>
      {isAsking && (
        <Confirm
          title={t.pauseAllTitle}
          action={t.pauseAll}
          color="kelp"
          onConfirm={() => client.pauseAll()}
          onClose={() => setAsking(false)}
        >
          {t.pauseAllText}
        </Confirm>
      )}
    </>
  )
}
