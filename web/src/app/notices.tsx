import { useNotifications } from '@mantine/notifications'
import { Suspense, useState } from 'react'
import { part } from '../parts/part.ts'

const NoticesBox = part(() => import('./notices-box.tsx'), 'NoticesBox')

/** Where notices come up; fetched when there is a first one to show. */
export function Notices() {
  const { notifications } = useNotifications()
  const [isWanted, setWanted] = useState(false)
  if (notifications.length > 0 && !isWanted) setWanted(true)
  return (
    isWanted && (
      <Suspense>
        <NoticesBox />
      </Suspense>
    )
  )
}
