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

interface StateBadgeProps {
  readonly run: Pick<LiveRun, 'state'> & Partial<Pick<LiveRun, 'wanted'>>
  readonly size?: MantineSize
}

/** What a run is, or is asked to become. */
export function StateBadge({ run: { state, wanted }, size = 'md' }: StateBadgeProps) {
  const t = useMessages().states
  return (
    <ToneBadge {...RUN_LOOKS[state]} size={size}>
      {wanted ? t.wanted[wanted] : t.run[state]}
    </ToneBadge>
  )
}
