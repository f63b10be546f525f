import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function BackupPage() {
  const t = useMessages().backups
  return <Page title={t.title}>{null}</Page>
}
