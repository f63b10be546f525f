import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function SchedulePage() {
  const t = useMessages().schedules
  return <Page title={t.title}>{null}</Page>
}
