import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { NewRestore, Preflight } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { sourceQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { useNow } from '../../parts/now.tsx'
import { Section } from '../../parts/section.tsx'
import { databaseOf, newKey, replacesSomething, type Step } from './choice.ts'
import { Losses } from './losses.tsx'
import classes from './restore.module.css'

interface AgreeProps {
  readonly request: NewRestore
  readonly looked: Preflight
  readonly onStep: (step: Step) => void
  readonly onStarted: (run: string) => void
}

/** The last step: what will happen and what will be lost; then it begins. */
export function Agree({ request, looked, onStep, onStarted }: AgreeProps) {
  const t = useMessages().restore
  const [typed, setTyped] = useState('')
  const [key] = useState(newKey)
  const start = useAct(() => client.startRun(request, { idempotencyKey: key }), {
    onDone: run => onStarted(run.id),
    showsFault: true,
  })
  const database = databaseOf(looked.target.label)
  const replaces = replacesSomething(request, looked)
  const isSure = !replaces || typed === database
  return (
    <Form onSubmit={() => isSure && start.mutate()} fault={start.error}>
      <Stack gap="lg">
        <Section title={t.agreeTitle}>
          <Stack>
            <WhatAndWhere request={request} looked={looked} />
            <WhatHappens request={request} looked={looked} />
          </Stack>
        </Section>
        {replaces && <Losses looked={looked} />}
        {replaces && (
          <TextInput
            label={t.typeName(database)}
            value={typed}
            onChange={event => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            maw={480}
          />
        )}
        {start.error !== null && <FaultAlert error={start.error} title={t.refused} />}
        <Group justify="space-between">
          <Button variant="default" onClick={() => onStep('check')}>
            {t.back}
          </Button>
          <Button
            type="submit"
            color={replaces ? 'red.9' : 'kelp'}
            disabled={!isSure}
            loading={start.isPending}
          >
            <span className={classes.cut}>
              {replaces ? t.startReplace(database) : t.start(database)}
            </span>
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

type Both = Pick<AgreeProps, 'request' | 'looked'>

function WhatAndWhere({ request, looked: { backup, target } }: Both) {
  const t = useMessages().restore
  const format = useFormat()
  const now = useNow()
  const { source } = request
  const { data } = useQuery({ ...sourceQuery(source ?? ''), enabled: source !== undefined })
  const seconds = Math.max(0, (now - Date.parse(backup.finishedAt)) / 1000)
  return (
    <dl className={classes.facts}>
      <dt>{t.what}</dt>
      <dd>
        {t.whatText(
          data?.source.name ?? backup.source,
          format.dateTime(backup.finishedAt),
          format.duration(seconds),
        )}
        {', '}
        {t.tables(backup.tables, format.number(backup.tables))},{' '}
        {t.rows(backup.rows, format.number(backup.rows))}
      </dd>
      <dt>{t.into}</dt>
      <dd>{target.label}</dd>
    </dl>
  )
}

/** Every step of the restore in plain words, and what stays whatever happens. */
function WhatHappens({ request, looked }: Both) {
  const t = useMessages().restore.will
  const database = databaseOf(looked.target.label)
  const replaces = replacesSomething(request, looked)
  return (
    <List type="ordered" size="sm" spacing="xs" className={classes.wrap}>
      <List.Item>{replaces ? t.loadBeside(database) : t.loadNew(database)}</List.Item>
      <List.Item>{t.prove}</List.Item>
      <List.Item>{replaces ? t.swap(database) : t.swapNew(database)}</List.Item>
      {replaces && looked.keptAs !== null && (
        <List.Item>{t.kept(database, looked.keptAs)}</List.Item>
      )}
      {replaces && <List.Item>{request.disconnect ? t.disconnected : t.notDisconnected}</List.Item>}
      {request.noOwner && <List.Item>{t.noOwner}</List.Item>}
      <List.Item>
        <Text span inherit fw={600}>
          {replaces ? t.fail(database) : t.failNew}
        </Text>
      </List.Item>
    </List>
  )
}
