import { Card, Tabs } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { OnlyFor, useMay } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { Page } from '../../parts/page.tsx'
import { KeyTools } from './key-tools.tsx'
import { Keys } from './keys.tsx'
import { People } from './people.tsx'
import { Invite } from './person-tools.tsx'

const TABS = ['users', 'keys'] as const

/** Who may come in: people, and programs by their keys. */
export function UsersPage() {
  const t = useMessages().users
  const mayManage = useMay('admin')
  const { tab } = useSearch({ from: '/inside/users' })
  const navigate = useNavigate({ from: '/users' })
  const shown = mayManage && tab !== 'keys' ? 'users' : 'keys'
  return (
    <Page
      title={t.title}
      lead={mayManage ? t.lead : t.ownLead}
      actions={shown === 'users' ? <Invite /> : <KeyTools />}
    >
      <Card>
        <OnlyFor role="admin" otherwise={<Keys whose="own" />}>
          <Tabs
            value={shown}
            onChange={value =>
              void navigate({ search: { tab: value ?? undefined }, replace: true })
            }
            keepMounted={false}
          >
            <Tabs.List mb="md" aria-label={t.title}>
              {TABS.map(one => (
                <Tabs.Tab key={one} value={one}>
                  {t.tabs[one]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="users">
              <People />
            </Tabs.Panel>
            <Tabs.Panel value="keys">
              <Keys whose="all" />
            </Tabs.Panel>
          </Tabs>
        </OnlyFor>
      </Card>
    </Page>
  )
}
