import { Alert, Divider } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { OutsideFrame } from '../../app/outside-frame.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { LogInBy } from './log-in-by.tsx'
import { LoginForm } from './login-form.tsx'
import { ownPage } from './own-page.ts'

export function LoginPage() {
  const t = useMessages().login
  const { back, problem } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  const to = ownPage(back)
  return (
    <OutsideFrame title={t.title}>
      {problem !== undefined && <LoginProblem code={problem} />}
      <LoginForm onLogin={() => void navigate({ href: to })} />
      <LogInBy back={to}>
        <Divider label={t.or} />
      </LogInBy>
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
