import { ActionIcon, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowsDiff,
  IconDots,
  IconDownload,
  IconNote,
  IconPin,
  IconPinnedOff,
  IconRestore,
  IconShieldCheck,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { Backup } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { part } from '../../parts/part.ts'
import { useDownload, useKeep, usePin } from './backup-acts.ts'
import { sourceOf } from './backup-signs.tsx'

const DeleteDialog = part(() => import('./delete-dialog.tsx'), 'DeleteDialog')
const NoteDialog = part(() => import('./note-dialog.tsx'), 'NoteDialog')
const ProveDialog = part(() => import('./prove-dialog.tsx'), 'ProveDialog')

interface BackupMenuProps {
  readonly backup: Backup
  /** The page of one backup has buttons for the first of these. */
  readonly isRest?: boolean
}

const SIZE = { size: 16, 'aria-hidden': true } as const

/** Everything that can be done with a backup by whoever has logged in. */
export function BackupMenu({ backup, isRest = false }: BackupMenuProps) {
  const t = useMessages().backups
  const format = useFormat()
  const mayOperate = useMay('operator')
  const [open, setOpen] = useState<'note' | 'delete' | 'prove'>()
  const close = () => setOpen(undefined)
  const label = isRest ? t.more : t.actionsOf(sourceOf(backup), format.dateTime(backup.finishedAt))
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon aria-label={label} size="lg" {...(isRest && { variant: 'default' })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!isRest && mayOperate && <UseItems backup={backup} />}
          <Menu.Item
            leftSection={<IconArrowsDiff {...SIZE} />}
            renderRoot={props => (
              <Link
                to="/compare"
                search={{ after: backup.id, afterRepository: backup.repository.id }}
                {...props}
              />
            )}
          >
            {t.compare}
          </Menu.Item>
          {mayOperate && <CareItems backup={backup} onOpen={setOpen} />}
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {open === 'note' && <NoteDialog backup={backup} onClose={close} />}
        {open === 'delete' && <DeleteDialog backup={backup} onClose={close} />}
        {open === 'prove' && backup.source && (
          <ProveDialog backup={{ ...backup, source: backup.source }} onClose={close} />
        )}
      </Suspense>
    </>
  )
}

function UseItems({ backup }: { readonly backup: Backup }) {
  const t = useMessages().backups
  const download = useDownload(backup)
  return (
    <>
      <Menu.Item
        leftSection={<IconRestore {...SIZE} />}
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
        {t.restoreDots}
      </Menu.Item>
      <Menu.Item
        leftSection={<IconDownload {...SIZE} />}
        onClick={() => download.mutate(undefined)}
      >
        {t.download}
      </Menu.Item>
    </>
  )
}

interface CareItemsProps {
  readonly backup: Backup
  readonly onOpen: (what: 'note' | 'delete' | 'prove') => void
}

function CareItems({ backup, onOpen }: CareItemsProps) {
  const t = useMessages().backups
  const mayDelete = useMay('admin')
  const pin = usePin(backup)
  const keep = useKeep(backup)
  const { source, pinned, deletion, note } = backup
  return (
    <>
      {source && (
        <Menu.Item leftSection={<IconShieldCheck {...SIZE} />} onClick={() => onOpen('prove')}>
          {t.prove}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconNote {...SIZE} />} onClick={() => onOpen('note')}>
        {note === '' ? t.addNote : t.editNote}
      </Menu.Item>
      {!pinned && !deletion && (
        <Menu.Item leftSection={<IconPin {...SIZE} />} onClick={() => pin.mutate(true)}>
          {t.pin}
        </Menu.Item>
      )}
      {pinned && mayDelete && (
        <Menu.Item leftSection={<IconPinnedOff {...SIZE} />} onClick={() => pin.mutate(false)}>
          {t.unpin}
        </Menu.Item>
      )}
      {deletion && (
        <Menu.Item leftSection={<IconArrowBackUp {...SIZE} />} onClick={() => keep.mutate()}>
          {t.keep}
        </Menu.Item>
      )}
      {mayDelete && !deletion && !pinned && (
        <Menu.Item
          color="red"
          leftSection={<IconTrash {...SIZE} />}
          onClick={() => onOpen('delete')}
        >
          {t.deleteDots}
        </Menu.Item>
      )}
    </>
  )
}
