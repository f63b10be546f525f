import { NativeSelect, NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { checksCertificate, type Parts, TLS_MODES } from './connection-parts.ts'

interface ConnectionFieldsProps {
  readonly parts: Parts
  readonly onChange: (parts: Parts) => void
  /** What is wrong with a field. */
  readonly why: (field: string) => ReactNode
}

type TextPart = 'host' | 'database' | 'user' | 'password' | 'caFile'

/** A connection in fields. */
export function ConnectionFields({ parts, onChange, why }: ConnectionFieldsProps) {
  const t = useMessages().newSource
  const text = (part: TextPart) => ({
    label: t[part],
    value: parts[part],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...parts, [part]: event.currentTarget.value }),
    error: why(part),
    spellCheck: false,
    autoCapitalize: 'off',
    autoComplete: 'off',
  })
  const optional = useMessages().common.optional
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput {...text('host')} placeholder="db.example.org" required withAsterisk={false} />
        <NumberInput
          label={t.port}
          value={parts.port}
          onChange={port => onChange({ ...parts, port })}
          error={why('port')}
          min={1}
          max={65_535}
          allowDecimal={false}
          thousandSeparator=""
          hideControls
        />
        <TextInput {...text('user')} />
        <PasswordField {...text('password')} autoComplete="off" />
      </SimpleGrid>
      <TextInput
        {...text('database')}
        label={`${t.database} (${optional})`}
        description={t.databaseHint}
      />
      <NativeSelect
        label={t.tls}
        description={t.tlsHint[parts.tls]}
        value={parts.tls}
        onChange={event => {
          const tls = TLS_MODES.find(one => one === event.currentTarget.value) ?? 'prefer'
          onChange({ ...parts, tls })
        }}
        data={TLS_MODES.map(value => ({ value, label: t.tlsMode[value] }))}
        error={why('tls')}
      />
      {checksCertificate(parts.tls) && (
        <TextInput
          {...text('caFile')}
          description={t.caFileHint}
          placeholder="/etc/ssl/certs/postgres-ca.pem"
        />
      )}
    </Stack>
  )
}
