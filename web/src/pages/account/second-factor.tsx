import { Button, Group, Stack, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TwoFactorOffer } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Arrival } from '../../parts/arrival.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import type { UserProps } from './profile.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { SetUpFactor } from './set-up-factor.tsx'

/** A code of an authenticator beside the password: on, off, and its recovery codes. */
export function SecondFactor({ user }: UserProps) {
  const queries = useQueryClient()
  const [offer, setOffer] = useState<TwoFactorOffer>()
  const [codes, setCodes] = useState<readonly string[]>()
  // What an account says of its second factor, and its sessions, are no events of their own.
  const changed = () => void queries.invalidateQueries({ queryKey: ['account'] })
  const show = (made: readonly string[]) => {
    setOffer(undefined)
    setCodes(made)
    changed()
  }
  const at = codes !== undefined ? 'codes' : offer !== undefined ? 'offer' : 'rest'
  return (
    <Arrival at={at}>
      {codes !== undefined && (
        <RecoveryCodes
          codes={codes}
          email={user.email}
          onKept={() => {
            setCodes(undefined)
            changed()
          }}
        />
      )}
      {codes === undefined && offer !== undefined && (
        <SetUpFactor offer={offer} onCodes={show} onCancel={() => setOffer(undefined)} />
      )}
      {at === 'rest' &&
        (user.twoFactor ? <On user={user} onCodes={show} /> : <Off onOffer={setOffer} />)}
    </Arrival>
  )
}

function Off({ onOffer }: { readonly onOffer: (offer: TwoFactorOffer) => void }) {
  const t = useMessages().account.factor
  const begin = useAct(() => client.offerTwoFactor(), { onDone: onOffer })
  return (
    <Group>
      <ToneBadge icon={IconShieldOff} tone="muted">
        {t.off}
      </ToneBadge>
      <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
        {t.turnOn}
      </Button>
    </Group>
  )
}

interface OnProps extends UserProps {
  readonly onCodes: (codes: readonly string[]) => void
}

function On({ user, onCodes }: OnProps) {
  const t = useMessages().account.factor
  const queries = useQueryClient()
  const [asked, setAsked] = useState<'codes' | 'off'>()
  const renew = useAct(() => client.renewRecoveryCodes(), { showsFault: true })
  const turnOff = useAct(() => client.turnOffTwoFactor(), { done: t.turnedOff, showsFault: true })
  const close = () => setAsked(undefined)
  return (
    <Stack gap="sm">
      <Group>
        <ToneBadge icon={IconShieldCheck} tone="good">
          {t.on}
        </ToneBadge>
        <Text size="sm">{t.codesLeft(user.recoveryCodesLeft)}</Text>
      </Group>
      <Group gap="xs">
        <Button variant="default" onClick={() => setAsked('codes')}>
          {t.newCodes}
        </Button>
        <Button variant="light" color="red" onClick={() => setAsked('off')}>
          {t.turnOff}
        </Button>
      </Group>
      {asked === 'codes' && (
        <Confirm
          title={t.newCodesTitle}
          action={t.newCodesYes}
          color="kelp"
          onConfirm={async () => onCodes((await renew.mutateAsync()).recoveryCodes)}
          onClose={close}
        >
          {t.newCodesText}
        </Confirm>
      )}
      {asked === 'off' && (
        <Confirm
          title={t.turnOffTitle}
          action={t.turnOff}
          onConfirm={async () => {
            await turnOff.mutateAsync()
            await queries.invalidateQueries({ queryKey: ['account'] })
          }}
          onClose={close}
        >
          {t.turnOffText}
        </Confirm>
      )}
    </Stack>
  )
}
