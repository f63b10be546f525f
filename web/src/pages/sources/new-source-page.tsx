import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function NewSourcePage() {
  const t = useMessages().sources
  return <Page title={t.title}>{null}</Page>
}
