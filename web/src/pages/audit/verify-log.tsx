import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconFingerprint, IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import type { AuditProof } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { FieldProblem } from '../../parts/beside-fields.tsx'
import { Copy } from '../../parts/copy.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import classes from './audit.module.css'

/** Looks whether the log is as it was written. */
export function VerifyLog() {
  const t = useMessages().audit.verify
  const verify = useAct(() => client.getAuditVerify(), { showsFault: true })
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconFingerprint size={16} aria-hidden />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t.action}
        </Button>
        <Text size="sm" c="dimmed" flex="1 1 16rem">
          {t.lead}
        </Text>
      </Group>
      {verify.error !== null && <FaultAlert error={verify.error} />}
      {verify.data !== undefined && <Found proof={verify.data} />}
    </Stack>
  )
}

function Found({ proof: { checked, broken, head } }: { readonly proof: AuditProof }) {
  const t = useMessages().audit.verify
  const format = useFormat()
  const isIntact = broken === null
  return (
    <Alert
      role={isIntact ? 'status' : 'alert'}
      color={isIntact ? 'kelp' : 'red'}
      variant="light"
      icon={isIntact ? <IconShieldCheck /> : <IconShieldX />}
      title={isIntact ? t.intact(format.number(checked)) : t.broken(format.number(broken.entry))}
    >
      {!isIntact && (
        <Text size="sm">
          <FieldProblem why={broken.why} />
        </Text>
      )}
      {!isIntact && <Text size="sm">{t.brokenHint}</Text>}
      {head !== null && (
        <>
          <Text size="sm">{t.head(format.number(head.link))}</Text>
          <Group gap={4} wrap="nowrap">
            <code className={classes.words}>{head.hash}</code>
            <Copy text={head.hash} label={t.copyHash} />
          </Group>
        </>
      )}
    </Alert>
  )
}
