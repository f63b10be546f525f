import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function OverviewPage() {
  const t = useMessages().overview
  return <Page title={t.title}>{null}</Page>
}
