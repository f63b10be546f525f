import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function RunPage() {
  const t = useMessages().runs
  return <Page title={t.title}>{null}</Page>
}
