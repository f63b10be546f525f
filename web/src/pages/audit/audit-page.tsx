import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function AuditPage() {
  const t = useMessages().audit
  return <Page title={t.title}>{null}</Page>
}
