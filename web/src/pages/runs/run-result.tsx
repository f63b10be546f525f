import { Button, Code, Group, Stack, Table, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Run, RunResult } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Section } from '../../parts/section.tsx'
import { CheckResult } from './check-result.tsx'
import classes from './run.module.css'

/** What came of a run, in words. */
export function RunResultSection({ run }: { readonly run: Run }) {
  const t = useMessages().runs
  const { result, kind, state } = run
  // What was found is worth as much where it is not what was hoped for.
  const isTold = state === 'completed' || kind === 'verify' || kind === 'check'
  if (!isTold || result === null) return null
  return (
    <Section title={t.one.result} actions={<BackupLinks run={run} />}>
      <Stack gap="sm">
        {kind === 'backup' && <BackupResult result={result} />}
        {kind === 'restore' && <RestoreResult run={run} result={result} />}
        {kind === 'verify' && <VerifyResult result={result} />}
        {kind === 'check' && <CheckResult result={result} />}
        {result.recovered && <Text size="sm">{t.result.recovered}</Text>}
      </Stack>
    </Section>
  )
}

interface ResultProps {
  readonly result: RunResult
}

/** To the backup that was made, restored or compared. */
function BackupLinks({ run: { backupId, result, repositoryId, kind } }: { readonly run: Run }) {
  const t = useMessages().runs.result
  const mayRestore = useMay('operator')
  const backup = backupId ?? result?.backup
  if (!backup) return null
  const search = { repository: repositoryId }
  return (
    <Group gap="xs">
      <Button
        variant="default"
        size="xs"
        renderRoot={props => (
          <Link to="/backups/$backup" params={{ backup }} search={search} {...props} />
        )}
      >
        {t.openBackup}
      </Button>
      {kind === 'backup' && mayRestore && (
        <Button
          variant="default"
          size="xs"
          renderRoot={props => <Link to="/restore" search={{ ...search, backup }} {...props} />}
        >
          {t.restoreIt}
        </Button>
      )}
    </Group>
  )
}

/** `42 tables` and `1,000 rows`, where both were counted. */
function useCounts({
  tables,
  rows,
}: RunResult): readonly [tables: string, rows: string] | undefined {
  const t = useMessages().runs.result
  return tables === undefined || rows === undefined ? undefined : [t.tables(tables), t.rows(rows)]
}

function BackupResult({ result }: ResultProps) {
  const t = useMessages().runs.result
  const format = useFormat()
  const counts = useCounts(result)
  const { bytes, storedBytes } = result
  const saved = bytes && storedBytes !== undefined ? 1 - storedBytes / bytes : undefined
  return (
    <>
      <Text>{counts === undefined ? t.backupPlain : t.backup(...counts)}</Text>
      <dl className={classes.facts}>
        {bytes !== undefined && <Size name={t.dumped}>{format.bytes(bytes)}</Size>}
        {storedBytes !== undefined && (
          <Size name={t.stored}>
            {format.bytes(storedBytes)}
            {saved !== undefined && saved > 0 && (
              <Text span size="sm" c="dimmed">
                {' '}
                ({t.saved(format.percent(saved, 1))})
              </Text>
            )}
          </Size>
        )}
      </dl>
    </>
  )
}

function Size({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function RestoreResult({ run, result }: ResultProps & { readonly run: Run }) {
  const t = useMessages().runs.result
  const counts = useCounts(result)
  const database = result.database ?? run.request.target ?? ''
  const { kept, afterwards, reworded } = result
  return (
    <>
      <Text>
        {counts === undefined ? t.restorePlain(database) : t.restore(database, ...counts)}
      </Text>
      {kept && <Text size="sm">{t.kept(kept)}</Text>}
      {afterwards && (
        <>
          <Statements lead={t.undo} lines={afterwards.undo} />
          <Statements lead={t.drop} lines={[afterwards.drop]} />
        </>
      )}
      {reworded !== undefined && reworded > 0 && (
        <Text size="sm" c="dimmed">
          {t.reworded(reworded)}
        </Text>
      )}
    </>
  )
}

/** Statements to copy, and what they are for. */
function Statements({ lead, lines }: { readonly lead: string; readonly lines: readonly string[] }) {
  const text = lines.join('\n')
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm">{lead}</Text>
        <Copy text={text} />
      </Group>
      <Code block className={classes.statements}>
        {text}
      </Code>
    </div>
  )
}

function VerifyResult({ result }: ResultProps) {
  const t = useMessages().runs.result
  const counts = useCounts(result)
  const { equal, differences = [], differenceCount = differences.length } = result
  if (equal !== false)
    return <Text>{counts === undefined ? t.equalPlain : t.equal(...counts)}</Text>
  return (
    <>
      <Text>{t.differs(differenceCount)}</Text>
      <Text size="sm" c="dimmed">
        {t.differsHint}
      </Text>
      <div className={classes.findings}>
        <Table className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.what}</Table.Th>
              <Table.Th>{t.detail}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {differences.map(({ name, detail }) => (
              <Table.Tr key={name + detail}>
                <Table.Td className={classes.words}>{name}</Table.Td>
                <Table.Td className={classes.words}>{detail}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {differenceCount > differences.length && (
        <Text size="sm" c="dimmed">
          {t.shown(differences.length)}
        </Text>
      )}
    </>
  )
}
