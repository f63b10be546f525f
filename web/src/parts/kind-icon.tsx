import {
  IconArchive,
  IconListCheck,
  type IconProps,
  IconRestore,
  IconShieldCheck,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { LiveRun } from '../../../src/client/index.ts'

const SIGNS: Readonly<Record<LiveRun['kind'], ComponentType<IconProps>>> = {
  backup: IconArchive,
  restore: IconRestore,
  verify: IconShieldCheck,
  check: IconListCheck,
}

/** The sign of what a run does; a word must stand beside it. */
export function KindIcon({ kind, size = 18 }: { readonly kind: LiveRun['kind']; size?: number }) {
  const Sign = SIGNS[kind]
  return <Sign size={size} stroke={1.8} aria-hidden style={{ flexShrink: 0 }} />
}
