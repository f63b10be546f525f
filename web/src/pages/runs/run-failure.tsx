import { Alert, Group, List, Stack, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowForwardUp,
  IconExclamationCircle,
  IconRotateClockwise,
} from '@tabler/icons-react'
import type { Run } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Copy } from '../../parts/copy.tsx'
import { FaultLine, FaultRest } from '../../parts/fault-text.tsx'
import { LineText } from '../../parts/line-text.tsx'
import { Section } from '../../parts/section.tsx'
import classes from './run.module.css'

/** Why a run failed, was skipped, or is tried again; what to do about it; and what it left of a restore's target. */
export function RunFailure({ run }: { readonly run: Run }) {
  const t = useMessages().runs
  const { failure, state, touched } = run
  const tells = state === 'failed' || state === 'skipped' || state === 'retrying'
  if (failure === null || !tells) return null
  const look = {
    failed: { tone: 'bad', title: t.one.failedTitle, Icon: IconExclamationCircle },
    retrying: { tone: 'warn', title: t.one.retryTitle, Icon: IconRotateClockwise },
    skipped: { tone: 'muted', title: t.one.skippedTitle, Icon: IconArrowForwardUp },
  }[state]
  const text = [`${failure.code}: ${failure.message}`, failure.hint].filter(Boolean).join('\n')
  return (
    <Alert
      role="alert"
      variant="light"
      data-tone={look.tone}
      icon={<look.Icon />}
      title={look.title}
      classNames={{ root: classes.alert, title: classes.alertTitle, icon: classes.alertIcon }}
    >
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
        <div>
          <Text size="sm" fw={550} className={classes.words}>
            <FaultLine error={failure} />
          </Text>
          <Stack gap={6} mt={6} className={classes.words}>
            <FaultRest error={failure} />
          </Stack>
          {touched !== null && state === 'failed' && (
            <Text size="sm" mt={6}>
              {t.result.touched[touched]}
            </Text>
          )}
          <Text size="xs" mt={6}>
            {t.one.code}: <code>{failure.code}</code>
          </Text>
        </div>
        <Copy text={text} label={t.one.copyError} />
      </Group>
    </Alert>
  )
}

/** What somebody should know of a run that did what it was asked for all the same. */
export function RunWarnings({ warnings }: { readonly warnings: readonly string[] }) {
  const t = useMessages().runs.one
  if (warnings.length === 0) return null
  return (
    <Section title={t.warnings}>
      <List
        size="sm"
        spacing={6}
        icon={
          <IconAlertTriangle size={16} className={classes.warning} data-tone="warn" aria-hidden />
        }
      >
        {warnings.map(warning => (
          <List.Item key={warning} className={classes.words}>
            <LineText message={warning} />
          </List.Item>
        ))}
      </List>
    </Section>
  )
}
