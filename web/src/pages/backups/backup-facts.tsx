import { ActionIcon, Anchor, Code, Group, Table, Text, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { BackupDetails } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { Section } from '../../parts/section.tsx'
import { useDownload } from './backup-acts.ts'
import classes from './backups.module.css'

interface OfBackup {
  readonly backup: BackupDetails
}

/** Where a backup comes from, and what it takes. */
export function BackupFacts({ backup }: OfBackup) {
  const t = useMessages().backups
  const { repository: place } = useMessages().common
  const format = useFormat()
  const seconds =
    (new Date(backup.finishedAt).getTime() - new Date(backup.startedAt).getTime()) / 1000
  return (
    <Section title={t.facts}>
      <dl className={classes.facts}>
        <Fact name={t.database}>{backup.sourceLabel}</Fact>
        <Fact name={t.server}>
          {backup.engine} {backup.server}
        </Fact>
        <Fact name={t.tool}>{backup.tool}</Fact>
        <Fact name={place}>
          <Anchor
            inherit
            underline="always"
            renderRoot={props => (
              <Link
                to="/repositories/$repository"
                params={{ repository: backup.repository.id }}
                {...props}
              />
            )}
          >
            {backup.repository.name}
          </Anchor>
        </Fact>
        <Fact name={t.started}>{format.dateTime(backup.startedAt)}</Fact>
        <Fact name={t.finished}>{format.dateTime(backup.finishedAt)}</Fact>
        <Fact name={t.took}>{format.duration(seconds)}</Fact>
        <Fact name={t.dumpSize}>{format.bytes(backup.dumpBytes)}</Fact>
        <Fact name={t.storedSize}>{format.bytes(backup.storedBytes)}</Fact>
        <Fact name={t.dedup}>
          {t.dedupText(format.number(backup.newChunks), format.number(backup.reusedChunks))}
        </Fact>
        <Origin backup={backup} />
        <Tags backup={backup} />
        <Properties backup={backup} />
        <Fact name={t.id}>
          <Group gap={4} wrap="nowrap">
            <Code>{backup.id}</Code>
            <Copy text={backup.id} />
          </Group>
        </Fact>
      </dl>
    </Section>
  )
}

interface FactProps {
  readonly name: string
  readonly children: ReactNode
}

function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <Text component="dd" size="sm">
        {children}
      </Text>
    </div>
  )
}

function Origin({ backup: { madeBy, runId, previous, id, repository } }: OfBackup) {
  const t = useMessages().backups
  return (
    <>
      <Fact name={t.madeBy}>
        {t.madeByText(madeBy.holdfast, madeBy.host)}
        {runId !== null && (
          <>
            {', '}
            <Anchor
              inherit
              underline="always"
              renderRoot={props => <Link to="/runs/$run" params={{ run: runId }} {...props} />}
            >
              {t.itsRun}
            </Anchor>
          </>
        )}
      </Fact>
      {previous !== null && (
        <Fact name={t.previousBackup}>
          <Anchor
            inherit
            underline="always"
            renderRoot={props => (
              <Link
                to="/backups/$backup"
                params={{ backup: previous }}
                search={{ repository: repository.id }}
                {...props}
              />
            )}
          >
            {previous.slice(0, 8)}
          </Anchor>
          {', '}
          <Anchor
            inherit
            underline="always"
            renderRoot={props => (
              <Link
                to="/compare"
                search={{
                  before: previous,
                  beforeRepository: repository.id,
                  after: id,
                  afterRepository: repository.id,
                }}
                {...props}
              />
            )}
          >
            {t.compareWithPrevious}
          </Anchor>
        </Fact>
      )}
    </>
  )
}

function Tags({ backup: { tags } }: OfBackup) {
  const t = useMessages().backups
  const { none } = useMessages().common
  const all = Object.entries(tags)
  return (
    <Fact name={t.tags}>
      {all.length === 0
        ? none
        : all.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join(', ')}
    </Fact>
  )
}

/** What the engine recorded beside: encoding, locale, owner. */
function Properties({ backup: { properties } }: OfBackup) {
  const t = useMessages().backups
  const plain = Object.entries(properties).filter(
    ([, value]) => (typeof value === 'string' && value !== '') || typeof value === 'number',
  )
  if (plain.length === 0) return null
  return (
    <Fact name={t.properties}>
      {plain.map(([name, value]) => (
        <span key={name} className={classes.property}>
          {name}: {String(value)}
        </span>
      ))}
    </Fact>
  )
}

/** What a backup consists of; each can be saved by itself. */
export function BackupStreams({ backup }: OfBackup) {
  const t = useMessages().backups
  const format = useFormat()
  const mayOperate = useMay('operator')
  const download = useDownload(backup)
  return (
    <Section title={t.streams} flush>
      <Table.ScrollContainer
        minWidth={480}
        type="native"
        tabIndex={0}
        role="region"
        aria-label={t.boxOf(t.streams)}
      >
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.stream}</Table.Th>
              <Table.Th>{t.format}</Table.Th>
              <Table.Th className={classes.number}>{t.bytes}</Table.Th>
              <Table.Th className={classes.number}>{t.chunks}</Table.Th>
              {mayOperate && <Table.Td w={60} />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {backup.streams.map(({ name, format: kind, bytes, chunks }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={500}>
                  {name}
                </Table.Th>
                <Table.Td>{kind}</Table.Td>
                <Table.Td className={classes.number}>{format.bytes(bytes)}</Table.Td>
                <Table.Td className={classes.number}>{format.number(chunks)}</Table.Td>
                {mayOperate && (
                  <Table.Td>
                    <Tooltip label={t.downloadStream(name)}>
                      <ActionIcon
                        aria-label={t.downloadStream(name)}
                        onClick={() => download.mutate(name)}
                      >
                        <IconDownload size={18} aria-hidden />
                      </ActionIcon>
                    </Tooltip>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  )
}
