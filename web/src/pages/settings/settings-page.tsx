import { useQuery } from '@tanstack/react-query'
import { OnlyFor } from '../../app/session.tsx'
import { settingsQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Page } from '../../parts/page.tsx'
import { Section } from '../../parts/section.tsx'
import { About } from './about.tsx'
import { Locks } from './locks.tsx'
import { SettingsForm } from './settings-form.tsx'
import { SettingsTold } from './settings-told.tsx'

/** What can be set of the server, who holds what, and what this is. */
export function SettingsPage() {
  const t = useMessages().settings
  const query = useQuery(settingsQuery)
  return (
    <Page title={t.title} lead={t.lead}>
      <Section title={t.limits}>
        <Answer query={query} lines={8}>
          {settings => (
            <OnlyFor role="admin" otherwise={<SettingsTold settings={settings} />}>
              {/* Changes from elsewhere begin the form anew. */}
              <SettingsForm key={JSON.stringify(settings)} settings={settings} />
            </OnlyFor>
          )}
        </Answer>
      </Section>
      <Locks />
      <About />
    </Page>
  )
}
