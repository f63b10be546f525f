import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react'

/** How bright the pages are, and its sign. */
export const SCHEMES = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const
