import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconPlugConnected } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { SourceDetails } from '../../../../src/client/index.ts'
import { OnlyFor, useMay } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { LineText } from '../../parts/line-text.tsx'
import { Removal } from '../../parts/removal.tsx'
import classes from './source.module.css'
import { SourceConnection } from './source-connection.tsx'

interface SettingsProps {
  readonly details: SourceDetails
}

/** What a source is called, how it is reached, and its end. */
export function SourceSettings({ details }: SettingsProps) {
  return (
    <div className={classes.settings}>
      <OnlyFor role="admin">
        {/* Another name from elsewhere begins the form anew. */}
        <NameForm key={details.source.name} {...details.source} />
      </OnlyFor>
      <Connection details={details} />
      <OnlyFor role="admin">
        <SourceRemoval details={details} />
      </OnlyFor>
    </div>
  )
}

function NameForm({ id, name }: SourceDetails['source']) {
  const t = useMessages().sources.settings
  const [text, setText] = useState(name)
  const save = useAct(() => client.editSource(id, { name: text.trim() }), {
    done: t.nameSaved,
    showsFault: true,
  })
  const { of, rest } = besideFields(save.error, ['name'], { NAME_TAKEN: 'name' })
  return (
    <section aria-label={t.name}>
      <Form onSubmit={() => save.mutate()} fault={save.error}>
        <Stack gap="sm">
          <TextInput
            label={t.name}
            description={t.nameHint}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
            error={of('name')}
            required
            withAsterisk={false}
            maxLength={100}
          />
          {rest !== undefined && <FaultAlert error={rest} />}
          <Group>
            <Button
              type="submit"
              variant="default"
              loading={save.isPending}
              disabled={text.trim() === name}
            >
              {t.saveName}
            </Button>
          </Group>
        </Stack>
      </Form>
    </section>
  )
}

function Connection({ details }: SettingsProps) {
  const t = useMessages().sources.settings
  const mayEdit = useMay('admin')
  const [isEditing, setEditing] = useState(false)
  return (
    <section aria-label={t.connection}>
      <Stack gap="sm">
        <div>
          <Title order={2}>{t.connection}</Title>
          <Text size="sm" c="dimmed">
            {t.connectionHint}
          </Text>
        </div>
        {isEditing ? (
          <SourceConnection details={details} onEnd={() => setEditing(false)} />
        ) : (
          <>
            <ConnectionFacts details={details} />
            <OnlyFor role="operator">
              <Test source={details.source.id}>
                {mayEdit && (
                  <Button variant="default" onClick={() => setEditing(true)}>
                    {t.editConnection}
                  </Button>
                )}
              </Test>
            </OnlyFor>
          </>
        )}
      </Stack>
    </section>
  )
}

function ConnectionFacts({ details: { source, connection } }: SettingsProps) {
  const t = useMessages().sources.settings
  const format = useFormat()
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    [t.host, connection.host],
    [t.port, connection.port === null ? t.usualPort : String(connection.port)],
    [t.database, connection.database],
    [t.user, connection.user],
    [t.password, connection.passwordSet ? t.passwordSet : t.passwordNotSet],
    [t.tls, connection.tls ?? t.usualTls],
    [t.ca, connection.caFile],
    [t.formerLabels, source.formerLabels.length === 0 ? null : format.list(source.formerLabels)],
  ]
  return (
    <dl className={classes.pairs}>
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name} className={classes.pair}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

interface TestProps {
  readonly source: string
  readonly children: React.ReactNode
}

/** Looks whether a backup could begin now. */
function Test({ source, children }: TestProps) {
  const t = useMessages().sources.settings
  const format = useFormat()
  const test = useAct(() => client.testSource(source), { showsFault: true })
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Button
          variant="default"
          loading={test.isPending}
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          onClick={() => test.mutate()}
        >
          {t.test}
        </Button>
        {children}
      </Group>
      {test.error !== null && <FaultAlert error={test.error} />}
      {test.data !== undefined && (
        <Alert role="status" color="kelp" variant="light" title={t.testGood}>
          <dl className={classes.pairs}>
            <div className={classes.pair}>
              <dt>{t.server}</dt>
              <dd>{test.data.server}</dd>
            </div>
            <div className={classes.pair}>
              <dt>{t.tool}</dt>
              <dd>{test.data.tool}</dd>
            </div>
            {test.data.estimatedBytes !== null && (
              <div className={classes.pair}>
                <dt>{t.estimate}</dt>
                <dd>{format.bytes(test.data.estimatedBytes)}</dd>
              </div>
            )}
          </dl>
          {test.data.warnings.map(warning => (
            <Text key={warning} size="sm" role="alert">
              <LineText message={warning} />
            </Text>
          ))}
        </Alert>
      )}
    </Stack>
  )
}

function SourceRemoval({ details: { source, schedules } }: SettingsProps) {
  const t = useMessages().sources.settings
  const navigate = useNavigate()
  const remove = useAct(() => client.removeSource(source.id), {
    done: t.removed(source.name),
    onDone: () => void navigate({ to: '/sources' }),
    showsFault: true,
  })
  const isPossible = schedules.length === 0
  return (
    <Removal
      action={t.remove}
      lead={isPossible ? t.removeText : t.removeFirst(schedules.length)}
      isPossible={isPossible}
      question={t.removeTitle(source.name)}
      name={source.name}
      onRemove={async () => await remove.mutateAsync()}
    >
      <p>{t.removeStays}</p>
      <p>{t.removeGoes}</p>
    </Removal>
  )
}
