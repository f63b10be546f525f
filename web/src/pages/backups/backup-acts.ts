import type { Backup } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { saveDownload } from './save-download.ts'

type One = Pick<Backup, 'id' | 'repository'>

const inRepository = ({ repository }: One) => ({ repository: repository.id })

/** Saves a stream of a backup as a file; its dump, where none is named. */
export function useDownload(backup: One) {
  const t = useMessages().backups
  return useAct(
    (stream: string | undefined) =>
      client.makeDownloadLink(
        backup.id,
        stream === undefined ? {} : { stream },
        inRepository(backup),
      ),
    { done: ({ name }) => t.downloading(name), onDone: saveDownload },
  )
}

export function usePin(backup: One) {
  const t = useMessages().backups
  return useAct(
    (pinned: boolean) => client.editBackup(backup.id, { pinned }, inRepository(backup)),
    { done: (_, pinned) => (pinned ? t.pinDone : t.unpinDone) },
  )
}

/** The notice of a saved note; the fault stands beside the field. */
export function useNote(backup: One) {
  const t = useMessages().backups
  return useAct((note: string) => client.editBackup(backup.id, { note }, inRepository(backup)), {
    done: t.noteSaved,
    showsFault: true,
  })
}

/** Takes a deletion back. */
export function useKeep(backup: One) {
  const t = useMessages().backups
  return useAct(() => client.undeleteBackup(backup.id, inRepository(backup)), { done: t.kept })
}
