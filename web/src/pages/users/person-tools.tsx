import { ActionIcon, Button, Menu } from '@mantine/core'
import {
  IconBan,
  IconDots,
  IconKey,
  IconLockOpen,
  IconPencil,
  IconShieldOff,
  IconTrash,
  IconUserPlus,
} from '@tabler/icons-react'
import { Suspense, useState } from 'react'
import type { User } from '../../../../src/client/index.ts'
import { useAccount } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { part } from '../../parts/part.ts'
import type { PersonAct } from './person-act.ts'

const InviteDialog = part(() => import('./invite-dialog.tsx'), 'InviteDialog')
const PersonDialog = part(() => import('./person-dialogs.tsx'), 'PersonDialog')

/** Gives somebody an account. */
export function Invite() {
  const t = useMessages().users
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {t.invite}
      </Button>
      <Suspense>{isOpen && <InviteDialog onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}

/** What can be done with somebody's account. Nobody locks themselves out. */
export function PersonMenu({ user }: { readonly user: User }) {
  const t = useMessages().users
  const [asked, setAsked] = useState<PersonAct>()
  const isYou = useAccount().user?.id === user.id
  const enable = useAct(() => client.enableUser(user.id), { done: t.enabled(user.name) })
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon aria-label={t.actionsFor(user.name)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setAsked('edit')}>
            {t.edit}
          </Menu.Item>
          {!isYou && (
            <Menu.Item leftSection={<IconKey size={16} />} onClick={() => setAsked('reset')}>
              {t.reset}
            </Menu.Item>
          )}
          {user.twoFactor && !isYou && (
            <Menu.Item
              leftSection={<IconShieldOff size={16} />}
              onClick={() => setAsked('two-factor')}
            >
              {t.lostFactor}
            </Menu.Item>
          )}
          {user.disabledAt !== null && (
            <Menu.Item leftSection={<IconLockOpen size={16} />} onClick={() => enable.mutate()}>
              {t.enable}
            </Menu.Item>
          )}
          {!isYou && user.disabledAt === null && (
            <Menu.Item leftSection={<IconBan size={16} />} onClick={() => setAsked('disable')}>
              {t.disable}
            </Menu.Item>
          )}
          {!isYou && (
            <Menu.Item
              color="red"
              leftSection={<IconTrash size={16} />}
              onClick={() => setAsked('remove')}
            >
              {t.remove}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {asked && <PersonDialog act={asked} user={user} onClose={() => setAsked(undefined)} />}
      </Suspense>
    </>
  )
}
