import { Badge, type MantineSize } from '@mantine/core'
import {
  IconArrowForwardUp,
  IconBan,
  IconCircleCheck,
  IconClock,
  IconExclamationCircle,
  IconPlayerPause,
  IconPlayerPlay,
  type IconProps,
  IconRotateClockwise,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { LiveRun } from '../../../src/client/index.ts'
import { useMessages } from '../i18n/language.tsx'
import classes from './state-badge.module.css'

export type RunState = LiveRun['state']
/** What a state looks like: a sign, a word and a colour, always all three. */
export interface Look {
  readonly icon: ComponentType<IconProps>
  readonly tone: Tone
}
/** See tones.css. */
export type Tone = 'good' | 'bad' | 'busy' | 'warn' | 'still' | 'muted'

export const RUN_LOOKS: Readonly<Record<RunState, Look>> = {
  queued: { icon: IconClock, tone: 'still' },
  running: { icon: IconPlayerPlay, tone: 'busy' },
  paused: { icon: IconPlayerPause, tone: 'still' },
  retrying: { icon: IconRotateClockwise, tone: 'warn' },
  completed: { icon: IconCircleCheck, tone: 'good' },
  failed: { icon: IconExclamationCircle, tone: 'bad' },
  cancelled: { icon: IconBan, tone: 'muted' },
  skipped: { icon: IconArrowForwardUp, tone: 'muted' },
}

interface ToneBadgeProps extends Look {
  readonly children: string
  readonly size?: MantineSize
}

/** A sign, a word and a colour. */
export function ToneBadge({ icon: Icon, tone, size = 'md', children }: ToneBadgeProps) {
  return (
    <Badge
      className={classes.badge}
      data-tone={tone}
      size={size}
      variant="light"
      leftSection={<Icon size={14} stroke={2.2} aria-hidden />}
    >
      {children}
    </Badge>
  )
}

type Asked = Pick<LiveRun, 'state'> & Partial<Pick<LiveRun, 'wanted'>>

/** What a run is asked to become and is not yet; one that has not started is paused at once. */
const wantedOf = ({ state, wanted }: Asked): 'pause' | 'cancel' | 'resume' | undefined => {
  if (OVER.has(state)) return undefined
  if (wanted === 'cancel') return 'cancel'
  if (wanted === 'pause') return state === 'running' ? 'pause' : undefined
  return state === 'paused' && wanted === null ? 'resume' : undefined
}

const OVER: ReadonlySet<RunState> = new Set(['completed', 'failed', 'cancelled', 'skipped'])

/** Whether a run stands still, or will not start, until somebody resumes it. */
export const isHeld = ({ state, wanted }: Asked): boolean =>
  !OVER.has(state) && (wanted === 'pause' || (state === 'paused' && wanted !== 'cancel'))

interface StateBadgeProps {
  readonly run: Asked
  readonly size?: MantineSize
}

/** What a run is, or is asked to become. */
export function StateBadge({ run, size = 'md' }: StateBadgeProps) {
  const t = useMessages().states
  const wanted = wantedOf(run)
  const state = isHeld(run) && wanted === undefined ? 'paused' : run.state
  return (
    <ToneBadge {...RUN_LOOKS[state]} size={size}>
      {wanted ? t.wanted[wanted] : t.run[state]}
    </ToneBadge>
  )
}
