import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function AccountPage() {
  const t = useMessages().account
  return <Page title={t.title}>{null}</Page>
}
