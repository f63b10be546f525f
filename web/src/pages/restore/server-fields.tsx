import {
  NativeSelect,
  NumberInput,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useMessages } from '../../i18n/language.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import type { Parts, Server } from './choice.ts'

interface ServerFieldsProps {
  readonly server: Server
  readonly onChange: (server: Server) => void
}

const TLS = ['', 'disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

/** Another server's database: as a URL, or in fields. */
export function ServerFields({ server, onChange }: ServerFieldsProps) {
  const t = useMessages().restore.server
  const { how, url, parts } = server
  return (
    <Stack>
      <SegmentedControl
        transitionDuration={0}
        aria-label={t.how}
        value={how}
        onChange={value => onChange({ ...server, how: value })}
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
          onChange={event => onChange({ ...server, url: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
      ) : (
        <PartFields
          parts={parts}
          onChange={some => onChange({ ...server, parts: { ...parts, ...some } })}
        />
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
