import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBan,
  IconExclamationCircle,
  IconHelpCircle,
  IconShieldCheck,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Run } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { FaultLine, FaultRest } from '../../parts/fault-text.tsx'
import { RunControls } from '../../parts/run-controls.tsx'
import { Section } from '../../parts/section.tsx'
import { databaseOf } from './choice.ts'
import { End, Snippet, Warnings } from './end.tsx'
import classes from './restore.module.css'

interface OfRun {
  readonly run: Run
}

interface FailedProps extends OfRun {
  readonly onRepeat: (run: Run) => void
}

/** It did not come to pass: first whether anything was changed, then why, then what to try. */
export function Failed({ run, onRepeat }: FailedProps) {
  const t = useMessages().restore
  const mayOperate = useMay('operator')
  return (
    <>
      <Touched run={run} />
      {run.failure && <Why failure={run.failure} />}
      <Warnings warnings={run.warnings} />
      {mayOperate && (
        <Section title={t.tryTitle}>
          <Stack>
            <List size="sm" spacing={4}>
              <List.Item>{t.tryAgainText}</List.Item>
              <List.Item>{t.changeText}</List.Item>
            </List>
            <Group>
              <RunControls run={run} onRepeat={onRepeat} />
              <Otherwise run={run} />
            </Group>
          </Stack>
        </Section>
      )}
    </>
  )
}

/** How it ended, and above all whether the database in use is another one now. */
function Touched({ run }: OfRun) {
  const t = useMessages().restore
  const database = databaseOf(run.request.target ?? '')
  const title = run.state === 'cancelled' ? t.cancelled : t.failed
  const icon = run.state === 'cancelled' ? IconBan : IconExclamationCircle
  if (run.touched === 'no') {
    return (
      <End tone={run.state === 'cancelled' ? 'muted' : 'bad'} icon={icon} title={title}>
        <Group gap={6} wrap="nowrap" data-tone="good" className={classes.stage}>
          <IconShieldCheck size={18} aria-hidden />
          <Text span inherit fw={600} className={classes.wrap}>
            {run.request.replace ? t.untouched(database) : t.untouchedNew}.
          </Text>
        </Group>
        <Text size="sm">
          {run.request.replace ? t.untouchedText : t.untouchedNewText(database)}
        </Text>
      </End>
    )
  }
  if (run.touched === 'yes') {
    return (
      <End tone="warn" icon={icon} title={title}>
        <Text fw={600}>{t.touched(database)}.</Text>
        <Text size="sm">{t.touchedText}</Text>
      </End>
    )
  }
  return (
    <End tone="warn" icon={IconHelpCircle} title={title}>
      <Text fw={600} className={classes.wrap}>
        {t.maybe(database)}.
      </Text>
      <Snippet text="select datname from pg_database order by 1;" lead={t.maybeText} />
      <Text size="sm">{t.maybeKept(`${database}_before_YYYYMMDD_HHMMSS`)}</Text>
    </End>
  )
}

function Why({ failure }: { readonly failure: NonNullable<Run['failure']> }) {
  const t = useMessages().restore
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t.why} role="alert">
      <Stack gap="xs" className={classes.wrap}>
        <Text size="sm">
          <FaultLine error={failure} />
        </Text>
        <FaultRest error={failure} />
      </Stack>
    </Alert>
  )
}

/** The same backup to somewhere else, or another backup. */
function Otherwise({ run }: OfRun) {
  const t = useMessages().restore
  const { backup = '' } = run.request
  // `latest:…` names no backup for good.
  const isId = /^[0-9a-f]{8,}$/.test(backup)
  // Without one, the wizard asks the backup of which database it is.
  const source = run.sourceId === null ? {} : { source: run.sourceId }
  return (
    <>
      {isId && (
        <Button
          variant="default"
          renderRoot={props => (
            <Link
              to="/restore"
              search={{ ...source, backup, repository: run.repositoryId, step: 'target' }}
              {...props}
            />
          )}
        >
          {t.change}
        </Button>
      )}
      <Button
        variant="default"
        renderRoot={props => <Link to="/restore" search={source} {...props} />}
      >
        {t.otherBackup}
      </Button>
      <Button
        variant="subtle"
        renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
      >
        {t.asRun}
      </Button>
    </>
  )
}
