import { Text } from '@mantine/core'
import {
  IconBan,
  IconCircleCheck,
  IconMail,
  IconShieldCheck,
  IconShieldOff,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { User } from '../../../../src/client/index.ts'
import { useAccount } from '../../app/session.tsx'
import { oidcQuery, usersQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Listing } from '../../parts/listing.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import { PersonMenu } from './person-tools.tsx'

/** Everybody who has an account. */
export function People() {
  const t = useMessages().users
  const roles = useMessages().states.role
  const query = useQuery(usersQuery)
  return (
    <Answer query={query} lines={6}>
      {({ users }) => (
        <Listing
          label={t.tabs.users}
          rows={users}
          keyOf={({ id }) => id}
          head={{ name: t.person, renderCell: user => <Person user={user} /> }}
          columns={[
            { name: t.role, renderCell: ({ role }) => roles[role] },
            { name: t.state, renderCell: user => <Standing user={user} /> },
            { name: t.secondFactor, renderCell: user => <SecondFactor user={user} /> },
            { name: t.lastLogin, renderCell: ({ lastLoginAt }) => <Ago time={lastLoginAt} /> },
          ]}
          acts={{ name: t.actions, renderCell: user => <PersonMenu user={user} /> }}
        />
      )}
    </Answer>
  )
}

interface OneProps {
  readonly user: User
}

function Person({ user: { id, name, email } }: OneProps) {
  const t = useMessages().users
  const isYou = useAccount().user?.id === id
  return (
    <>
      <Text span inherit fw={600}>
        {name}
        {isYou && (
          <Text span inherit c="dimmed" fw={400}>
            {' '}
            {t.you}
          </Text>
        )}
      </Text>
      <Text size="xs" c="dimmed">
        {email}
      </Text>
    </>
  )
}

/** Whether somebody comes in. Those who log in by another server have no password, either. */
function Standing({ user: { disabledAt, hasPassword, lastLoginAt } }: OneProps) {
  const t = useMessages().users
  const { data: oidc } = useQuery(oidcQuery)
  if (disabledAt !== null) {
    return (
      <ToneBadge icon={IconBan} tone="muted">
        {t.disabled}
      </ToneBadge>
    )
  }
  const isWaitedFor = !hasPassword && lastLoginAt === null && !oidc?.name
  return (
    <ToneBadge
      icon={isWaitedFor ? IconMail : IconCircleCheck}
      tone={isWaitedFor ? 'still' : 'good'}
    >
      {isWaitedFor ? t.invited : t.active}
    </ToneBadge>
  )
}

function SecondFactor({ user: { twoFactor } }: OneProps) {
  const t = useMessages().users
  return (
    <ToneBadge
      icon={twoFactor ? IconShieldCheck : IconShieldOff}
      tone={twoFactor ? 'good' : 'muted'}
    >
      {twoFactor ? t.on : t.off}
    </ToneBadge>
  )
}
