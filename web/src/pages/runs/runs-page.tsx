import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function RunsPage() {
  const t = useMessages().runs
  return <Page title={t.title}>{null}</Page>
}
