import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconDownload, IconRestore, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { BackupDetails } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { backupQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { FaultLine } from '../../parts/fault-text.tsx'
import { LineText } from '../../parts/line-text.tsx'
import { useNow } from '../../parts/now.tsx'
import { Page } from '../../parts/page.tsx'
import { part } from '../../parts/part.ts'
import { Section } from '../../parts/section.tsx'
import { useDownload, useKeep } from './backup-acts.ts'
import { BackupFacts, BackupStreams } from './backup-facts.tsx'
import { BackupMenu } from './backup-menu.tsx'
import { BackupBadge, ProofSign, sourceOf } from './backup-signs.tsx'
import { BackupTables } from './backup-tables.tsx'
import classes from './backups.module.css'

const NoteDialog = part(() => import('./note-dialog.tsx'), 'NoteDialog')

/** Everything about one backup. */
export function BackupPage() {
  const t = useMessages().backups
  const { backup } = useParams({ from: '/inside/backups/$backup' })
  const { repository } = useSearch({ from: '/inside/backups/$backup' })
  const query = useQuery(backupQuery(backup, repository))
  const format = useFormat()
  const { data } = query
  return (
    <Page
      title={data ? t.page(sourceOf(data), format.dateTime(data.finishedAt)) : t.called(backup)}
      crumbs={[{ label: t.title, to: '/backups' }]}
      badge={data && <BackupBadge backup={data} />}
      lead={data && <Lead backup={data} />}
      actions={data && <Actions backup={data} />}
    >
      <Answer query={query} lines={10}>
        {found => (
          <>
            <Notices backup={found} />
            <BackupFacts backup={found} />
            <Note backup={found} />
            <BackupTables backup={found} />
            <BackupStreams backup={found} />
          </>
        )}
      </Answer>
    </Page>
  )
}

function Lead({ backup }: { readonly backup: BackupDetails }) {
  const t = useMessages().backups
  const format = useFormat()
  const now = useNow()
  return (
    <Group gap="md">
      <span>{format.ago(backup.finishedAt, now)}</span>
      <ProofSign verifiedAt={backup.verifiedAt} />
      {backup.pinned && <span>{t.pinned}</span>}
    </Group>
  )
}

function Actions({ backup }: { readonly backup: BackupDetails }) {
  const t = useMessages().backups
  const mayOperate = useMay('operator')
  const download = useDownload(backup)
  return (
    <>
      {mayOperate && (
        <>
          <Button
            leftSection={<IconRestore size={18} aria-hidden />}
            renderRoot={props => (
              <Link
                to="/restore"
                search={{
                  backup: backup.id,
                  repository: backup.repository.id,
                  ...(backup.source && { source: backup.source.id }),
                }}
                {...props}
              />
            )}
          >
            {t.restoreThis}
          </Button>
          <Button
            variant="default"
            leftSection={<IconDownload size={18} aria-hidden />}
            loading={download.isPending}
            onClick={() => download.mutate(undefined)}
          >
            {t.download}
          </Button>
        </>
      )}
      <BackupMenu backup={backup} isRest />
    </>
  )
}

/** What stands in the way of trusting it. */
function Notices({ backup }: { readonly backup: BackupDetails }) {
  const t = useMessages().backups
  return (
    <>
      {backup.deletion && <Deleting backup={backup} deletion={backup.deletion} />}
      {backup.state === 'damaged' && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t.damagedTitle} role="alert">
          <Text size="sm">{t.damagedText}</Text>
          <Anchor
            size="sm"
            renderRoot={props => (
              <Link
                to="/repositories/$repository"
                params={{ repository: backup.repository.id }}
                {...props}
              />
            )}
          >
            {t.toRepository}
          </Anchor>
        </Alert>
      )}
      {backup.warnings.length > 0 && (
        <Alert
          color="orange"
          classNames={{ title: classes.noticeTitle }}
          icon={<IconAlertTriangle />}
          title={t.warnings(backup.warnings.length)}
        >
          <List size="sm" className={classes.wrap}>
            {backup.warnings.map(warning => (
              <List.Item key={warning}>
                <LineText message={warning} />
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </>
  )
}

interface DeletingProps {
  readonly backup: BackupDetails
  readonly deletion: NonNullable<BackupDetails['deletion']>
}

function Deleting({ backup, deletion }: DeletingProps) {
  const t = useMessages().backups
  const format = useFormat()
  const now = useNow()
  const mayOperate = useMay('operator')
  const keep = useKeep(backup)
  return (
    <Alert
      color="orange"
      classNames={{ title: classes.noticeTitle }}
      icon={<IconTrash />}
      title={t.deletingTitle(format.dateTime(deletion.dueAt))}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t.deletingText(deletion.askedBy, format.ago(deletion.askedAt, now))}</Text>
        {deletion.failure && (
          <Text size="sm">
            {t.deletingFailed(deletion.attempts)} <FaultLine error={deletion.failure} />
          </Text>
        )}
        {mayOperate && (
          <Button variant="default" loading={keep.isPending} onClick={() => keep.mutate()}>
            {t.keep}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

function Note({ backup }: { readonly backup: BackupDetails }) {
  const t = useMessages().backups
  const format = useFormat()
  const mayOperate = useMay('operator')
  const [isOpen, setOpen] = useState(false)
  return (
    <Section
      title={t.note}
      actions={
        mayOperate && (
          <Button variant="default" size="xs" onClick={() => setOpen(true)}>
            {backup.note === '' ? t.addNote : t.editNote}
          </Button>
        )
      }
    >
      {backup.note === '' ? (
        <Text size="sm" c="dimmed">
          {t.noNote}
        </Text>
      ) : (
        <>
          <Text size="sm" className={classes.note}>
            {backup.note}
          </Text>
          {backup.notedBy && backup.notedAt && (
            <Text size="xs" c="dimmed" mt="xs">
              {t.noteBy(backup.notedBy)}, {format.dateTime(backup.notedAt)}
            </Text>
          )}
        </>
      )}
      <Suspense>{isOpen && <NoteDialog backup={backup} onClose={() => setOpen(false)} />}</Suspense>
    </Section>
  )
}
