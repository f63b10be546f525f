import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function WelcomePage() {
  const t = useMessages().welcome
  return <Page title={t.title}>{null}</Page>
}
