import { createContext, type ReactNode, Suspense, useCallback, useContext, useState } from 'react'
import { isFault } from '../data/client.ts'
import { part } from '../parts/part.ts'

const ProofDialog = part(() => import('./proof-dialog.tsx'), 'ProofDialog')

/** Does something that cannot be taken back: where the server asks for a proof, the person is asked for it first. */
type WithProof = <T>(act: () => Promise<T>) => Promise<T>

/** The person closed the question; nothing was done. */
export class NotProven extends Error {}

const Proof = createContext<WithProof | undefined>(undefined)

interface Asked {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export function ProofProvider({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>()
  const withProof = useCallback<WithProof>(async act => {
    try {
      return await act()
    } catch (error) {
      if (!isFault(error, 'STEP_UP_REQUIRED')) throw error
    }
    await new Promise<void>((resolve, reject) => setAsked({ resolve, reject }))
    return await act()
  }, [])
  const done = (end: 'proven' | 'closed') => {
    if (end === 'proven') asked?.resolve()
    else asked?.reject(new NotProven())
    setAsked(undefined)
  }
  return (
    <Proof value={withProof}>
      {children}
      <Suspense>{asked && <ProofDialog onEnd={done} />}</Suspense>
    </Proof>
  )
}

/** How to do what needs a proof. */
export function useProof(): WithProof {
  const withProof = useContext(Proof)
  if (withProof === undefined) throw new Error('there is no ProofProvider')
  return withProof
}
