import { ActionIcon, Button, Tooltip } from '@mantine/core'
import {
  IconBan,
  IconPlayerPause,
  IconPlayerPlay,
  type IconProps,
  IconRefresh,
} from '@tabler/icons-react'
import { type ComponentType, Suspense, useState } from 'react'
import type { Run } from '../../../src/client/index.ts'
import { useMay } from '../app/session.tsx'
import { client } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { isOver } from '../live/live-store.ts'
import { useAct } from './act.tsx'
import { part } from './part.ts'
import type { Controlled } from './run-progress.tsx'
import { whatOf } from './run-words.ts'
import { isHeld } from './state-badge.tsx'

const CancelDialog = part(() => import('./cancel-dialog.tsx'), 'CancelDialog')

interface RunControlsProps {
  readonly run: Controlled
  /** Signs instead of words, where there is little room. */
  readonly compact?: boolean
  /** Another run was made of one that is over. */
  readonly onRepeat?: ((run: Run) => void) | undefined
}

/** The buttons for what can be done with a run in its state, for those who may. */
export function RunControls({ run, compact = false, onRepeat }: RunControlsProps) {
  const t = useMessages().runs
  const [isAsking, setAsking] = useState(false)
  const pause = useAct(() => client.pauseRun(run.id))
  const resume = useAct(() => client.resumeRun(run.id))
  const cancel = useAct(() => client.cancelRun(run.id))
  const retryNow = useAct(() => client.retryRun(run.id), { done: t.act.retryNowDone })
  const repeat = useAct(() => client.retryRun(run.id), {
    done: t.act.tryAgainDone,
    onDone: onRepeat,
  })
  if (!useMay('operator')) return null
  const over = isOver(run)
  const held = isHeld(run)
  const isCancelled = run.wanted === 'cancel'
  // Of what has not started, nothing is lost.
  const needsNoQuestion = run.state === 'queued' || run.state === 'retrying'
  const look = { compact, what: whatOf(t, run) }
  return (
    <>
      {run.state === 'retrying' && !held && (
        <Do {...look} icon={IconRefresh} label={t.act.retryNow} isFirst act={retryNow} />
      )}
      {!over && !held && !isCancelled && (
        <Do {...look} icon={IconPlayerPause} label={t.act.pause} act={pause} />
      )}
      {held && <Do {...look} icon={IconPlayerPlay} label={t.act.resume} isFirst act={resume} />}
      {!over && !isCancelled && (
        <Do
          {...look}
          icon={IconBan}
          label={t.act.cancel}
          act={needsNoQuestion ? cancel : { isPending: false, mutate: () => setAsking(true) }}
        />
      )}
      {over && run.state !== 'completed' && onRepeat && (
        <Do {...look} icon={IconRefresh} label={t.act.tryAgain} isFirst act={repeat} />
      )}
      <Suspense>
        {isAsking && !over && <CancelDialog run={run} onClose={() => setAsking(false)} />}
      </Suspense>
    </>
  )
}

interface DoProps {
  readonly icon: ComponentType<IconProps>
  readonly label: string
  readonly what: string
  readonly compact: boolean
  readonly isFirst?: boolean
  readonly act: { readonly isPending: boolean; readonly mutate: () => void }
}

function Do({ icon: Icon, label, what, compact, isFirst = false, act }: DoProps) {
  const t = useMessages().runs.act
  if (compact) {
    return (
      <Tooltip label={label}>
        <ActionIcon
          aria-label={t.of(label, what)}
          loading={act.isPending}
          onClick={() => act.mutate()}
        >
          <Icon size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
    )
  }
  return (
    <Button
      variant={isFirst ? 'filled' : 'default'}
      leftSection={<Icon size={16} aria-hidden />}
      loading={act.isPending}
      onClick={() => act.mutate()}
    >
      {label}
    </Button>
  )
}
