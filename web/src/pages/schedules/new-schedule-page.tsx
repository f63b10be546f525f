import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function NewSchedulePage() {
  const t = useMessages().schedules
  return <Page title={t.title}>{null}</Page>
}
