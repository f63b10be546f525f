import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { PasswordField } from '../../parts/password-field.tsx'

interface NewPasswordProps {
  readonly value: string
  readonly onChange: (password: string) => void
  readonly error: ReactNode
}

/** A password that somebody chooses. It is typed once, and can be looked at. */
export function NewPassword({ value, onChange, error }: NewPasswordProps) {
  const t = useMessages().setup
  return (
    <PasswordField
      label={t.password}
      description={t.passwordHint}
      autoComplete="new-password"
      required
      withAsterisk={false}
      value={value}
      onChange={event => onChange(event.currentTarget.value)}
      error={error}
    />
  )
}
