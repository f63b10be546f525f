import { Skeleton } from '@mantine/core'
import { Suspense } from 'react'
import { useAccount } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'
import { part } from '../../parts/part.ts'
import { Section } from '../../parts/section.tsx'
import { KeyTools } from '../users/key-tools.tsx'
import { Keys } from '../users/keys.tsx'
import { Looks } from './looks.tsx'
import { Password } from './password.tsx'
import { Profile } from './profile.tsx'
import { Sessions } from './sessions.tsx'

const SecondFactor = part(() => import('./second-factor.tsx'), 'SecondFactor')

/** Everything about whoever has logged in. */
export function AccountPage() {
  const t = useMessages().account
  const keys = useMessages().users.keys
  const { user } = useAccount()
  return (
    <Page title={t.title} lead={user?.email}>
      {user && (
        <>
          <Section title={t.profile}>
            {/* Another name from elsewhere begins the form anew. */}
            <Profile key={user.name} user={user} />
          </Section>
          <Section title={t.password} lead={user.hasPassword ? t.passwordLead : undefined}>
            <Password user={user} />
          </Section>
          <Section title={t.factor.title} lead={t.factor.lead}>
            <Suspense fallback={<Skeleton height={60} aria-busy />}>
              <SecondFactor user={user} />
            </Suspense>
          </Section>
          <Sessions />
          <Section title={keys.title} lead={t.keysLead} actions={<KeyTools variant="default" />}>
            <Keys whose="own" />
          </Section>
        </>
      )}
      <Section title={t.looks} lead={t.looksLead}>
        <Looks />
      </Section>
    </Page>
  )
}
