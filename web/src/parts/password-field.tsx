import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import { useMessages } from '../i18n/language.tsx'

/** A field for a password, which can be made legible. */
export function PasswordField(props: PasswordInputProps) {
  const t = useMessages().common
  return (
    <PasswordInput
      aria-invalid={Boolean(props.error) || undefined}
      visibilityToggleButtonProps={{ 'aria-label': t.showText }}
      {...props}
    />
  )
}
