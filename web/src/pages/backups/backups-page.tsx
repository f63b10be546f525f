import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function BackupsPage() {
  const t = useMessages().backups
  return <Page title={t.title}>{null}</Page>
}
