import { Suspense, useState } from 'react'
import { withMessages } from '../../i18n/language.tsx'
import { part } from '../../parts/part.ts'

const load = withMessages(() => import('./active-drawer.tsx'))
const ActiveDrawer = part(load, 'ActiveDrawer')

interface ActivePanelProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Everything that is at work, from every page; loaded when it is asked for. */
export function ActivePanel({ isOpen, onClose }: ActivePanelProps) {
  const [isAsked, setAsked] = useState(false)
  if (isOpen && !isAsked) setAsked(true)
  return <Suspense>{isAsked && <ActiveDrawer isOpen={isOpen} onClose={onClose} />}</Suspense>
}
