import { Button } from '@mantine/core'
import { IconLogin2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { SERVER } from '../../data/client.ts'
import { oidcQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'

interface LogInByProps {
  /** The page to come back to. */
  readonly back: string
  /** The other server asks for the password whoever is logged in there. */
  readonly again?: boolean
  /** What stands before it, where there is another server at all. */
  readonly children?: ReactNode
}

/** Leads to the server that vouches for people, and back. */
export function LogInBy({ back, again = false, children }: LogInByProps) {
  const t = useMessages().login
  const { data: oidc } = useQuery(oidcQuery)
  if (typeof oidc?.name !== 'string') return null
  const query = new URLSearchParams({ back, ...(again && { again: 'true' }) })
  return (
    <>
      {children}
      <Button
        component="a"
        href={`${SERVER}/api/v1/account/oidc/start?${query.toString()}`}
        variant="default"
        leftSection={<IconLogin2 size={18} aria-hidden />}
        fullWidth
      >
        {t.logInBy(oidc.name)}
      </Button>
    </>
  )
}
