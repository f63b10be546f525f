import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function SettingsPage() {
  const t = useMessages().settings
  return <Page title={t.title}>{null}</Page>
}
