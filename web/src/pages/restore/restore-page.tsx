import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function RestorePage() {
  const t = useMessages().restore
  return <Page title={t.title}>{null}</Page>
}
