import { Alert, Button, Divider } from '@mantine/core'
import { IconAlertTriangle, IconLogin2 } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { OutsideFrame } from '../../app/outside-frame.tsx'
import { SERVER } from '../../data/client.ts'
import { oidcQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { LoginForm } from './login-form.tsx'

export function LoginPage() {
  const t = useMessages().login
  const { back, problem } = useSearch({ from: '/login' })
  const { data: oidc } = useQuery(oidcQuery)
  const navigate = useNavigate()
  // Only to a page of ours, whatever the address says.
  const to = back?.startsWith('/') && !/^\/[/\\]/.test(back) ? back : '/'
  return (
    <OutsideFrame title={t.title}>
      {problem !== undefined && <LoginProblem code={problem} />}
      <LoginForm onLogin={() => void navigate({ href: to })} />
      {typeof oidc?.name === 'string' && (
        <>
          <Divider label={t.or} />
          <Button
            component="a"
            href={`${SERVER}/api/v1/account/oidc/start`}
            variant="default"
            leftSection={<IconLogin2 size={18} aria-hidden />}
            fullWidth
          >
            {t.logInBy(oidc.name)}
          </Button>
        </>
      )}
    </OutsideFrame>
  )
}

/** Why a login by another server came to nothing, which had led back here. */
function LoginProblem({ code }: { readonly code: string }) {
  const t = useMessages().login
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle />} title={t.problemTitle}>
      {t.problems[code] ?? t.otherProblem(code)}
    </Alert>
  )
}
