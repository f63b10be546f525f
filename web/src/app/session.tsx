import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { type ReactNode, useSyncExternalStore } from 'react'
import type { Account } from '../../../src/client/index.ts'
import { accountQuery } from '../data/queries.ts'
import { sessionEnded } from '../data/session-end.ts'

type Role = Account['role']
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

/** Who has logged in. Only below the guarded routes. */
export const useAccount = (): Account => useSuspenseQuery(accountQuery).data

/** Whether who has logged in may do what takes a role. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(accountQuery)
  return data !== undefined && ROLES.indexOf(data.role) >= ROLES.indexOf(role)
}

interface OnlyForProps {
  readonly role: Role
  /** What the others see. */
  readonly otherwise?: ReactNode
  readonly children: ReactNode
}

/** What only those see who may do it. */
export function OnlyFor({ role, otherwise = null, children }: OnlyForProps) {
  return useMay(role) ? children : otherwise
}

/** Whether the session has ended while its pages are open; and how it goes on after another login. */
export function useSessionEnd(): readonly [hasEnded: boolean, goOn: () => void] {
  const queries = useQueryClient()
  const hasEnded = useSyncExternalStore(sessionEnded.listen, sessionEnded.is)
  const goOn = () => {
    sessionEnded.goOn()
    void queries.invalidateQueries()
  }
  return [hasEnded, goOn]
}
