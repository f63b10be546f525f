import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function UsersPage() {
  const t = useMessages().users
  return <Page title={t.title}>{null}</Page>
}
