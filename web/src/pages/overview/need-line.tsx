import { Group } from '@mantine/core'
import type { IconProps } from '@tabler/icons-react'
import type { ComponentType, ReactNode } from 'react'
import type { Tone } from '../../parts/state-badge.tsx'
import classes from './overview.module.css'

interface NeedLineProps {
  readonly icon: ComponentType<IconProps>
  readonly tone: Tone
  readonly children: ReactNode
  readonly actions?: ReactNode
}

/** Something that needs attention, and what mends it. */
export function NeedLine({ icon: Icon, tone, children, actions }: NeedLineProps) {
  return (
    <li className={classes.need}>
      <Icon size={20} className={classes.needSign} data-tone={tone} aria-hidden />
      <div className={classes.needText}>{children}</div>
      <Group gap="xs">{actions}</Group>
    </li>
  )
}
