import { Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Run } from '../../../../src/client/index.ts'
import { sourceQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { secondsOf } from '../../parts/run-words.ts'
import { Section } from '../../parts/section.tsx'
import { databaseOf, serverOf } from './choice.ts'
import { End, Snippet, Warnings } from './end.tsx'

/** It is done and proven: what it was, and what to do now. */
export function Done({ run }: { readonly run: Run }) {
  const t = useMessages().restore
  const format = useFormat()
  const { tables, rows, reworded, recovered } = run.result ?? {}
  const target = run.result?.database ?? run.request.target ?? ''
  const title = tables === undefined ? t.donePlain : t.done(tables, format.number(tables))
  return (
    <>
      <End tone="good" icon={IconShieldCheck} title={title}>
        <Text size="sm">
          {t.doneText(
            databaseOf(target),
            t.rows(rows ?? 0, format.number(rows ?? 0)),
            format.duration(run.result?.seconds ?? secondsOf(run, 0) ?? 0),
          )}
        </Text>
        {recovered && <Text size="sm">{t.recovered}</Text>}
        {reworded !== undefined && reworded > 0 && <Text size="sm">{t.reworded(reworded)}</Text>}
      </End>
      <Warnings warnings={run.warnings} />
      <WhatNext run={run} target={target} />
    </>
  )
}

function WhatNext({ run, target }: { readonly run: Run; readonly target: string }) {
  const t = useMessages().restore
  const { kept, afterwards } = run.result ?? {}
  const database = databaseOf(target)
  const address = useAddress(run, target)
  return (
    <Section title={t.whatNext}>
      <Stack gap="lg">
        <Stack gap="xs">
          <Title order={3}>{t.connect}</Title>
          <Snippet text={address} lead={kept === undefined ? t.connectText : t.connectReplaced} />
        </Stack>
        {kept !== undefined ? (
          <Stack gap="xs">
            <Title order={3}>{t.keptTitle(kept)}</Title>
            {afterwards && <Snippet text={ended(afterwards.drop)} lead={t.drop} />}
            {afterwards && <Snippet text={afterwards.undo.map(ended).join('\n')} lead={t.undo} />}
          </Stack>
        ) : (
          <Snippet text={`drop database ${quoted(database)};`} lead={t.dropNew} />
        )}
        <Group>
          <Button renderRoot={props => <Link to="/restore" {...props} />} variant="default">
            {t.another}
          </Button>
          <Button
            variant="subtle"
            renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
          >
            {t.asRun}
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}

/** Where the database is: by the login of the source, where it is on its server; never with a password. */
function useAddress({ sourceId }: Run, target: string): string {
  const { data } = useQuery({ ...sourceQuery(sourceId ?? ''), enabled: sourceId !== null })
  const server = serverOf(target)
  const isThere = data !== undefined && serverOf(data.source.label) === server
  const user = isThere && data.connection.user ? `${encodeURIComponent(data.connection.user)}@` : ''
  const name = encodeURIComponent(databaseOf(target))
  // A socket is no host of a URL.
  if (server.startsWith('/')) {
    const [, host = server, port = ''] = /^(.*):(\d+)$/.exec(server) ?? []
    return `postgresql://${user}${port && `:${port}`}/${name}?host=${encodeURIComponent(host)}`
  }
  return `postgresql://${user}${server}/${name}`
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const ended = (statement: string): string => (statement.endsWith(';') ? statement : `${statement};`)
