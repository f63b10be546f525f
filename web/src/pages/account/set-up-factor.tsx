import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { TwoFactorOffer } from '../../../../src/client/index.ts'
import { client, isFault } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Copy } from '../../parts/copy.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import classes from './account.module.css'
import { QrCode } from './qr-code.tsx'

interface SetUpFactorProps {
  readonly offer: TwoFactorOffer
  readonly onCodes: (codes: readonly string[]) => void
  readonly onCancel: () => void
}

/** The secret for an authenticator; the first code of it turns the second factor on. */
export function SetUpFactor({ offer, onCodes, onCancel }: SetUpFactorProps) {
  const t = useMessages().account.factor
  const { cancel } = useMessages().common
  const [code, setCode] = useState('')
  const confirm = useAct(() => client.confirmTwoFactor({ code: code.trim() }), {
    done: t.turnedOn,
    onDone: ({ recoveryCodes }) => onCodes(recoveryCodes),
    showsFault: true,
  })
  const isWrong = isFault(confirm.error, 'LOGIN_REFUSED', 'INVALID_INPUT')
  return (
    <Form onSubmit={() => confirm.mutate()} fault={confirm.error}>
      <div className={classes.setUp}>
        <QrCode text={offer.uri} label={t.qr} />
        <Stack gap="sm">
          <Text size="sm">{t.scan}</Text>
          <Group gap={4} wrap="nowrap">
            <Code className={classes.secret}>{offer.secret.replace(/(.{4})(?=.)/g, '$1 ')}</Code>
            <Copy text={offer.secret} label={t.copySecret} />
          </Group>
          <TextInput
            label={t.code}
            description={t.codeHint}
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            required
            withAsterisk={false}
            maw={280}
            value={code}
            onChange={event => setCode(event.currentTarget.value)}
            error={isWrong && t.codeWrong}
          />
          {confirm.error !== null && !isWrong && <FaultAlert error={confirm.error} />}
          <Group gap="xs">
            <Button type="submit" loading={confirm.isPending}>
              {t.confirm}
            </Button>
            <Button variant="default" onClick={onCancel}>
              {cancel}
            </Button>
          </Group>
        </Stack>
      </div>
    </Form>
  )
}
