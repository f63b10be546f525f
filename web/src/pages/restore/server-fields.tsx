import {
  NativeSelect,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useState } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { PasswordField } from '../../parts/password-field.tsx'

interface ServerFieldsProps {
  readonly url: string
  /** An empty text where something is missing. */
  readonly onChange: (url: string) => void
}

interface Parts {
  readonly host: string
  readonly port: string | number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly tls: string
}

const NO_PARTS: Parts = { host: '', port: 5432, database: '', user: '', password: '', tls: '' }
const TLS = ['', 'disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

/** A URL of parts; the host is a parameter, where no character has a meaning. */
function urlOf({ host, port, database, user, password, tls }: Parts): string {
  if (host === '' || database === '') return ''
  const text = encodeURIComponent
  const secret = password === '' ? '' : `:${text(password)}`
  const login = user === '' ? '' : `${text(user)}${secret}@`
  const query = new URLSearchParams({ host, ...(tls !== '' && { sslmode: tls }) })
  return `postgres://${login}:${port}/${text(database)}?${query.toString()}`
}

/** Another server's database: as a URL, or in fields. */
export function ServerFields({ url, onChange }: ServerFieldsProps) {
  const t = useMessages().restore.server
  const [how, setHow] = useState<'url' | 'fields'>('url')
  const [parts, setParts] = useState(NO_PARTS)
  const change = (some: Partial<Parts>) => {
    const all = { ...parts, ...some }
    setParts(all)
    onChange(urlOf(all))
  }
  return (
    <Stack>
      <SegmentedControl
        aria-label={t.how}
        value={how}
        onChange={value => {
          setHow(value)
          onChange(value === 'fields' ? urlOf(parts) : '')
        }}
        data={[
          { value: 'url', label: t.byUrl },
          { value: 'fields', label: t.byFields },
        ]}
        maw={360}
      />
      {how === 'url' ? (
        <PasswordField
          label={t.url}
          description={t.urlHint}
          placeholder="postgres://user:secret@db.example.org:5432/shop"
          value={url}
          onChange={event => onChange(event.currentTarget.value.trim())}
          autoComplete="off"
          spellCheck={false}
        />
      ) : (
        <PartFields parts={parts} onChange={change} />
      )}
      <Text size="sm" c="dimmed">
        {t.kept}
      </Text>
    </Stack>
  )
}

interface PartFieldsProps {
  readonly parts: Parts
  readonly onChange: (some: Partial<Parts>) => void
}

function PartFields({ parts, onChange }: PartFieldsProps) {
  const t = useMessages().restore.server
  const text = (part: 'host' | 'database' | 'user' | 'password') => ({
    label: t[part],
    value: parts[part],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ [part]: event.currentTarget.value }),
    autoComplete: 'off',
    spellCheck: false,
  })
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <TextInput {...text('host')} required withAsterisk={false} placeholder="db.example.org" />
      <NumberInput
        label={t.port}
        value={parts.port}
        onChange={port => onChange({ port })}
        min={1}
        max={65_535}
        allowDecimal={false}
        thousandSeparator=""
        hideControls
      />
      <TextInput {...text('database')} required withAsterisk={false} />
      <TextInput {...text('user')} />
      <PasswordField {...text('password')} />
      <NativeSelect
        label={t.tls}
        value={parts.tls}
        onChange={event => onChange({ tls: event.currentTarget.value })}
        data={TLS.map(value => ({ value, label: value === '' ? t.tlsAsUsual : value }))}
      />
    </SimpleGrid>
  )
}
