import { Anchor, Group, Table } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Backup } from '../../../../src/client/index.ts'
import { sourceBackupsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { BackupBadge, keyOf, ProofSign } from '../backups/backup-signs.tsx'

const SHOWN = 12

/** The newest backups of a source. */
export function SourceBackups({ source }: { readonly source: string }) {
  const t = useMessages().sources
  const backups = useQuery(sourceBackupsQuery(source, SHOWN))
  return (
    <Answer query={backups}>
      {({ backups: found }) =>
        found.length === 0 ? (
          <Empty icon={IconArchive} title={t.noBackups}>
            {t.noBackupsText}
          </Empty>
        ) : (
          <>
            <Backups backups={found} />
            <Group mt="sm">
              <Anchor
                size="sm"
                renderRoot={props => <Link to="/backups" search={{ source }} {...props} />}
              >
                {t.allBackups}
              </Anchor>
            </Group>
          </>
        )
      }
    </Answer>
  )
}

function Backups({ backups }: { readonly backups: readonly Backup[] }) {
  const t = useMessages()
  const format = useFormat()
  return (
    <Table.ScrollContainer minWidth={560} type="native">
      <Table aria-label={t.sources.tabs.backups}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.sources.when}</Table.Th>
            <Table.Th>{t.common.state}</Table.Th>
            <Table.Th>{t.sources.lastProof}</Table.Th>
            <Table.Th>{t.common.repository}</Table.Th>
            <Table.Th ta="right">{t.common.size}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {backups.map(backup => (
            <Table.Tr key={keyOf(backup)}>
              <Table.Th scope="row" fw={500}>
                <BackupLink backup={backup} />
              </Table.Th>
              <Table.Td>
                <BackupBadge backup={backup} />
              </Table.Td>
              <Table.Td>
                <ProofSign verifiedAt={backup.verifiedAt} />
              </Table.Td>
              <Table.Td>{backup.repository.name}</Table.Td>
              <Table.Td ta="right">{format.bytes(backup.dumpBytes)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

const BackupLink = ({ backup: { id, repository, finishedAt } }: { readonly backup: Backup }) => (
  <Anchor
    inherit
    renderRoot={props => (
      <Link
        to="/backups/$backup"
        params={{ backup: id }}
        search={{ repository: repository.id }}
        {...props}
      />
    )}
  >
    <Ago time={finishedAt} />
  </Anchor>
)
