import { Button, Group, Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { InvitedUser, NewUser } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { InvitationLink } from './invitation-link.tsx'
import { RoleField } from './role-field.tsx'

const BY_CODE = { NAME_TAKEN: 'email', PASSWORD_UNFIT: 'password' }

/** Gives somebody an account, and shows the link by which they come in. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().users
  const [made, setMade] = useState<InvitedUser>()
  return (
    <Modal
      opened
      onClose={onClose}
      title={made === undefined ? t.invite : t.madeTitle(made.user.name)}
      // The link is shown this once: a slip of the hand does not lose it.
      closeOnClickOutside={made === undefined}
      closeOnEscape={made === undefined}
    >
      {made?.invitation ? (
        <InvitationLink
          invitation={made.invitation}
          lead={t.linkLead(made.user.name)}
          onDone={onClose}
        />
      ) : (
        <InviteForm
          onMade={one => (one.invitation === null ? onClose() : setMade(one))}
          onClose={onClose}
        />
      )}
    </Modal>
  )
}

interface InviteFormProps {
  readonly onMade: (made: InvitedUser) => void
  readonly onClose: () => void
}

function InviteForm({ onMade, onClose }: InviteFormProps) {
  const t = useMessages().users
  const { cancel } = useMessages().common
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<NewUser['role']>('viewer')
  const [way, setWay] = useState('link')
  const [password, setPassword] = useState('')
  const add = useAct(
    () =>
      client.addUser({
        email: email.trim(),
        name: name.trim(),
        role,
        ...(way === 'password' && { password }),
      }),
    { done: ({ user }) => t.added(user.name), onDone: onMade, showsFault: true },
  )
  const { of, rest } = besideFields(add.error, ['email', 'name', 'password'], BY_CODE)
  const required = { required: true, withAsterisk: false }
  return (
    <Form onSubmit={() => add.mutate()} fault={add.error}>
      <Stack>
        <TextInput
          {...required}
          label={t.email}
          type="email"
          autoComplete="off"
          data-autofocus
          value={email}
          onChange={event => setEmail(event.currentTarget.value)}
          error={of('email')}
        />
        <TextInput
          {...required}
          label={t.name}
          autoComplete="off"
          maxLength={100}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          error={of('name')}
        />
        <RoleField value={role} onChange={setRole} />
        <Radio.Group label={t.how} value={way} onChange={setWay}>
          <Stack gap="xs" mt={6}>
            <Radio value="link" label={t.byLink} description={t.byLinkHint} />
            <Radio value="password" label={t.byPassword} description={t.byPasswordHint} />
          </Stack>
        </Radio.Group>
        {way === 'password' && (
          <PasswordField
            {...required}
            label={t.password}
            description={t.passwordHint}
            autoComplete="new-password"
            value={password}
            onChange={event => setPassword(event.currentTarget.value)}
            error={of('password')}
          />
        )}
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {cancel}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {way === 'link' ? t.makeLink : t.makeAccount}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}
