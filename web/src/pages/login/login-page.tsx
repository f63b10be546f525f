import { useNavigate, useSearch } from '@tanstack/react-router'
import { OutsideFrame } from '../../app/outside-frame.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { LoginForm } from './login-form.tsx'

export function LoginPage() {
  const t = useMessages().login
  const { back } = useSearch({ from: '/login' })
  const navigate = useNavigate()
  // Only to a page of ours, whatever the address says.
  const to = back?.startsWith('/') && !back.startsWith('//') ? back : '/'
  return (
    <OutsideFrame title={t.title}>
      <LoginForm onLogin={() => void navigate({ href: to })} />
    </OutsideFrame>
  )
}
