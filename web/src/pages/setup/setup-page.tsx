import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function SetupPage() {
  const t = useMessages().setup
  return <Page title={t.title}>{null}</Page>
}
