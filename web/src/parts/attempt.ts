import { useState } from 'react'

interface Attempt {
  readonly attempt: () => void
  readonly isBusy: boolean
  /** Why the last attempt came to nothing. */
  readonly fault: unknown
  readonly forget: () => void
}

/**
 * What a form of somebody who has not logged in does: inside, `useAct` does the same and asks for a proof. A
 * refusal is no end of a session here.
 */
export function useAttempt(act: () => Promise<void>): Attempt {
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const attempt = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      await act()
    } catch (error) {
      setFault(error)
    } finally {
      setBusy(false)
    }
  }
  return { attempt: () => void attempt(), isBusy, fault, forget: () => setFault(undefined) }
}
