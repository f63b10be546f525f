import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { SourceChanges, SourceDetails } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { ConnectionFields } from './connection-fields.tsx'
import { EMPTY_PARTS, type Parts, placeOf } from './connection-parts.ts'

const FIELDS = ['host', 'port', 'database', 'user', 'password', 'tls', 'caFile']

interface SourceConnectionProps {
  readonly details: SourceDetails
  readonly onEnd: () => void
}

/** Changes how a database is reached; what is not changed is not sent, and the password stays unless typed. */
export function SourceConnection({
  details: { source, connection },
  onEnd,
}: SourceConnectionProps) {
  const t = useMessages()
  const before = partsOf(connection)
  const [parts, setParts] = useState(before)
  const changes = changesOf(before, parts)
  const save = useAct(() => client.editSource(source.id, changes), {
    done: ({ warnings }) => [t.sources.settings.connectionSaved, ...warnings].join('. '),
    onDone: onEnd,
    showsFault: true,
  })
  const { of, rest } = besideFields(save.error, FIELDS)
  return (
    <Form onSubmit={() => save.mutate()} fault={save.error}>
      <Stack>
        <ConnectionFields parts={parts} onChange={setParts} why={of} />
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={Object.keys(changes).length === 0}
          >
            {t.common.save}
          </Button>
          <Button variant="default" onClick={onEnd}>
            {t.common.cancel}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

const partsOf = (connection: SourceDetails['connection']): Parts => ({
  host: connection.host,
  port: connection.port ?? '',
  database: connection.database,
  user: connection.user ?? '',
  password: '',
  tls: connection.tls ?? EMPTY_PARTS.tls,
  caFile: connection.caFile ?? '',
})

function changesOf(before: Parts, after: Parts): SourceChanges {
  const [old, wanted] = [Object.entries(placeOf(before)), Object.entries(placeOf(after))]
  const kept = new Map(old)
  return Object.fromEntries(wanted.filter(([name, value]) => kept.get(name) !== value))
}
