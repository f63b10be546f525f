import { Suspense } from 'react'
import { part } from '../parts/part.ts'
import { useSessionEnd } from './session.tsx'

const LoginAgain = part(() => import('./login-again.tsx'), 'LoginAgain')

/** Asks whoever was logged out to log in again, above the page they were on. */
export function SessionOver() {
  const [hasEnded, goOn] = useSessionEnd()
  return <Suspense>{hasEnded && <LoginAgain onLogin={goOn} />}</Suspense>
}
