import { Anchor, List, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { RunResult } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import classes from './run.module.css'

/** What a check of a repository found. */
export function CheckResult({ result }: { readonly result: RunResult }) {
  const t = useMessages().runs.result
  const { backups = 0, chunks = 0, problems = [], problemCount = problems.length } = result
  return (
    <>
      <Text fw={550}>
        {problemCount === 0
          ? t.checkGood(t.backups(backups), t.chunks(chunks))
          : t.checkBad(t.problems(problemCount))}
      </Text>
      <Text size="sm" c="dimmed">
        {result.readData ? t.readAll : t.readNames}
      </Text>
      {problems.length > 0 && (
        <List size="sm" spacing={4}>
          {problems.map(({ object, why }) => (
            <List.Item key={object + why} className={classes.words}>
              <code>{object}</code>: {why}
            </List.Item>
          ))}
        </List>
      )}
      {problemCount > problems.length && (
        <Text size="sm" c="dimmed">
          {t.shown(problems.length)}
        </Text>
      )}
      <Damaged damaged={result.damaged ?? []} />
    </>
  )
}

type DamagedBackups = NonNullable<RunResult['damaged']>

function Damaged({ damaged }: { readonly damaged: DamagedBackups }) {
  const t = useMessages().runs.result
  const format = useFormat()
  if (damaged.length === 0) return null
  return (
    <div>
      <Text fw={550} size="sm" mb={4}>
        {t.damaged}
      </Text>
      <List size="sm" spacing={4}>
        {damaged.map(({ id, source, startedAt, tables }) => (
          <List.Item key={id} className={classes.words}>
            <Anchor
              inherit
              renderRoot={props => (
                <Link to="/backups/$backup" params={{ backup: id }} {...props} />
              )}
            >
              {[source, startedAt && format.dateTime(startedAt)].filter(Boolean).join(', ') || id}
            </Anchor>
            {tables !== undefined && `: ${tables === 'all' ? t.damagedAll : tables.join(', ')}`}
          </List.Item>
        ))}
      </List>
    </div>
  )
}
