import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ComponentType, useRef, useState } from 'react'
import type { InvitedUser, User } from '../../../../src/client/index.ts'
import { useAccount } from '../../app/session.tsx'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { Command } from '../../parts/command.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { InvitationLink } from './invitation-link.tsx'
import type { PersonAct } from './person-act.ts'
import { RoleField } from './role-field.tsx'

interface DialogProps {
  readonly user: User
  readonly onClose: () => void
}

/** The question, or the form, for what is done with somebody's account. */
export function PersonDialog({ act, ...props }: DialogProps & { readonly act: PersonAct }) {
  const Dialog = DIALOGS[act]
  return <Dialog {...props} />
}

function Edit({ user, onClose }: DialogProps) {
  const t = useMessages().users
  const { cancel } = useMessages().common
  const [name, setName] = useState(user.name)
  const [role, setRole] = useState(user.role)
  const isYou = useAccount().user?.id === user.id
  const change = { name: name.trim(), ...(role !== user.role && { role }) }
  const save = useAct(() => client.editUser(user.id, change), {
    done: t.saved(name.trim()),
    onDone: onClose,
    showsFault: true,
  })
  const { of, rest } = besideFields(save.error, ['name'])
  return (
    <Modal opened onClose={onClose} title={t.editTitle(user.email)}>
      <Form onSubmit={() => save.mutate()} fault={save.error}>
        <Stack>
          <TextInput
            label={t.name}
            required
            withAsterisk={false}
            maxLength={100}
            data-autofocus
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            error={of('name')}
          />
          {!isYou && <RoleField value={role} onChange={setRole} />}
          {role !== user.role && <Text size="sm">{t.roleChanges}</Text>}
          {rest !== undefined && <FaultAlert error={rest} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {cancel}
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={name.trim() === user.name && role === user.role}
            >
              {t.save}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Modal>
  )
}

function Disable({ user, onClose }: DialogProps) {
  const t = useMessages().users
  const disable = useAct(() => client.disableUser(user.id), {
    done: t.disabledDone(user.name),
    showsFault: true,
  })
  return (
    <Confirm
      title={t.disableTitle(user.name)}
      action={t.disableYes}
      onConfirm={async () => await disable.mutateAsync()}
      onClose={onClose}
    >
      {t.disableText}
    </Confirm>
  )
}

function Reset({ user, onClose }: DialogProps) {
  const t = useMessages().users
  const [made, setMade] = useState<InvitedUser>()
  const hasLink = useRef(false)
  const reset = useAct(() => client.resetPassword(user.id, {}), { showsFault: true })
  if (made?.invitation) {
    return (
      <Modal
        opened
        onClose={onClose}
        title={t.resetDone}
        closeOnClickOutside={false}
        closeOnEscape={false}
      >
        <InvitationLink
          invitation={made.invitation}
          lead={t.resetLead(user.name)}
          onDone={onClose}
        />
      </Modal>
    )
  }
  return (
    <Confirm
      title={t.resetTitle(user.name)}
      action={t.resetYes}
      onConfirm={async () => {
        const answer = await reset.mutateAsync()
        hasLink.current = true
        setMade(answer)
      }}
      // A question closes by itself once it is answered; here the link follows.
      onClose={() => !hasLink.current && onClose()}
    >
      {t.resetText}
    </Confirm>
  )
}

/** What only the host may do: whoever holds the machine vouches for who asks. */
function LostFactor({ user, onClose }: DialogProps) {
  const t = useMessages().users
  return (
    <Modal opened onClose={onClose} title={t.lostFactorTitle(user.name)}>
      <Stack>
        <Text size="sm">{t.lostFactorText}</Text>
        <Command
          lead={t.lostFactorCommand}
          lines={[`holdfast user reset-two-factor ${user.email}`]}
        />
      </Stack>
    </Modal>
  )
}

function Remove({ user, onClose }: DialogProps) {
  const t = useMessages().users
  const remove = useAct(() => client.removeUser(user.id), {
    done: t.removed(user.name),
    showsFault: true,
  })
  return (
    <Confirm
      title={t.removeTitle(user.name)}
      action={t.removeYes}
      typed={user.email}
      onConfirm={async () => await remove.mutateAsync()}
      onClose={onClose}
    >
      <p>{t.removeText}</p>
      <p>{t.removeStays}</p>
    </Confirm>
  )
}

const DIALOGS: Readonly<Record<PersonAct, ComponentType<DialogProps>>> = {
  edit: Edit,
  disable: Disable,
  reset: Reset,
  'two-factor': LostFactor,
  remove: Remove,
}
