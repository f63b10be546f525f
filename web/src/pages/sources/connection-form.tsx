import { Button, Code, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useState } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { ConnectionFields } from './connection-fields.tsx'
import { EMPTY_PARTS, type Parts, placeOf } from './connection-parts.ts'
import { type Reached, reach } from './place.ts'

const READ_ONLY_LOGIN = `create role backup login password '…' bypassrls;
grant pg_read_all_data to backup;`
const FIELDS = ['url', 'host', 'port', 'database', 'user', 'password', 'tls', 'caFile']

/** Where a database server is, by its URL or in fields; it goes on once the server answers. */
export function ConnectionForm({ onReached }: { readonly onReached: (reached: Reached) => void }) {
  const t = useMessages().newSource
  const [how, setHow] = useState<'url' | 'fields'>('url')
  const [url, setUrl] = useState('')
  const [parts, setParts] = useState<Parts>(EMPTY_PARTS)
  const connect = useAct(() => reach(how === 'url' ? { url: url.trim() } : placeOf(parts)), {
    onDone: onReached,
    showsFault: true,
  })
  const { of, rest } = besideFields(connect.error, how === 'url' ? ['url'] : FIELDS)
  return (
    <Form onSubmit={() => connect.mutate()} fault={connect.error}>
      <Stack>
        <SegmentedControl
          aria-label={t.how}
          value={how}
          onChange={value => {
            setHow(value)
            connect.reset()
          }}
          data={[
            { value: 'url', label: t.byUrl },
            { value: 'fields', label: t.byFields },
          ]}
        />
        {how === 'url' ? (
          <PasswordField
            label={t.url}
            description={t.urlHint}
            placeholder="postgres://backup:secret@db.example.org:5432/shop"
            autoComplete="off"
            spellCheck={false}
            required
            withAsterisk={false}
            value={url}
            onChange={event => setUrl(event.currentTarget.value)}
            error={of('url')}
          />
        ) : (
          <ConnectionFields parts={parts} onChange={setParts} why={of} />
        )}
        <Text size="xs" c="dimmed" component="div">
          {t.loginHint}
          <Code block mt={4}>
            {READ_ONLY_LOGIN}
          </Code>
        </Text>
        {rest !== undefined && <FaultAlert error={rest} title={t.notReached} />}
        <Group>
          <Button
            type="submit"
            loading={connect.isPending}
            leftSection={<IconPlugConnected size={18} aria-hidden />}
          >
            {t.connect}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}
