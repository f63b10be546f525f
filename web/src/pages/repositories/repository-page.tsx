import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'

export function RepositoryPage() {
  const t = useMessages().repositories
  return <Page title={t.title}>{null}</Page>
}
