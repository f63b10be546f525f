import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { Suspense, useState } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { part } from '../../parts/part.ts'

const NewKeyDialog = part(() => import('./new-key-dialog.tsx'), 'NewKeyDialog')

/** Makes an API key of one's own. */
export function KeyTools({ variant = 'filled' }: { readonly variant?: 'filled' | 'default' }) {
  const t = useMessages().users.keys
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        variant={variant}
        leftSection={<IconPlus size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t.add}
      </Button>
      <Suspense>{isOpen && <NewKeyDialog onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}
