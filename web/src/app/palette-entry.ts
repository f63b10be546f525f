import type { IconProps } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import type { Messages } from '../i18n/messages.ts'

/** One line of the palette: where it leads, or what it does. */
export interface Entry {
  readonly id: string
  readonly group: keyof Messages['palette']['groups']
  readonly icon: ComponentType<IconProps>
  readonly label: string
  /** What tells it from others of the name. */
  readonly hint?: string | undefined
  readonly act: () => void
}

/** Without the marks of letters: whoever types `nguon` means `nguồn`. */
const plain = (text: string): string =>
  text.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('đ', 'd')

/** Whether every word of a text is in what an entry says. */
export function fits(text: string): (entry: Pick<Entry, 'label'>) => boolean {
  const words = plain(text).split(/\s+/).filter(Boolean)
  return ({ label }) => {
    const said = plain(label)
    return words.every(word => said.includes(word))
  }
}
