import { ActionIcon, Button, Kbd } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { Suspense, useState } from 'react'
import { useMessages, withMessages } from '../i18n/language.tsx'
import { part } from '../parts/part.ts'
import classes from './palette-button.module.css'

const loadPalette = withMessages(() => import('./palette.tsx'))
const Palette = part(loadPalette, 'Palette')

const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** From everywhere to everything: by ⌘K or Ctrl-K, or by this button. */
export function PaletteButton() {
  const t = useMessages().app
  const [isOpen, setOpen] = useState(false)
  const [isWanted, setWanted] = useState(false)
  const open = () => {
    setWanted(true)
    setOpen(true)
  }
  // In a field, too: it is no key by which one writes.
  useHotkeys([['mod+K', open]], [], true)
  return (
    <>
      <Button
        className={classes.wide}
        variant="default"
        size="compact-sm"
        visibleFrom="md"
        aria-keyshortcuts="Control+K Meta+K"
        leftSection={<IconSearch size={15} aria-hidden />}
        rightSection={
          <Kbd size="xs" aria-hidden>
            {isMac ? '⌘K' : 'Ctrl K'}
          </Kbd>
        }
        onClick={open}
      >
        {t.searchHint}
      </Button>
      <ActionIcon size="lg" hiddenFrom="md" aria-label={t.searchHint} onClick={open}>
        <IconSearch size={18} />
      </ActionIcon>
      <Suspense>{isWanted && <Palette isOpen={isOpen} onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}
