import { Alert, Button, Checkbox, Group, Skeleton, Stack, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconExclamationCircle,
  IconHelpCircle,
  IconRefresh,
} from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { NewRestore, Preflight, PreflightCheck } from '../../../../src/client/index.ts'
import { useMessages, useSpeech } from '../../i18n/language.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { useTold } from '../../parts/fault-text.tsx'
import { Section } from '../../parts/section.tsx'
import { type Look, ToneBadge } from '../../parts/state-badge.tsx'
import { type Choices, isAgreed, type Step, warningsOf, wordsOfWarnings } from './choice.ts'
import classes from './restore.module.css'

const LOOKS: Readonly<Record<PreflightCheck['outcome'], Look>> = {
  ok: { icon: IconCircleCheck, tone: 'good' },
  warning: { icon: IconAlertTriangle, tone: 'warn' },
  problem: { icon: IconExclamationCircle, tone: 'bad' },
  unknown: { icon: IconHelpCircle, tone: 'muted' },
}

interface CheckProps {
  readonly look: UseQueryResult<Preflight>
  readonly request: NewRestore
  readonly choices: Choices
  readonly onChange: (some: Partial<Choices>) => void
  readonly onStep: (step: Step) => void
}

/** The third step: everything that the restore would meet, looked at before it begins. */
export function Check(props: CheckProps) {
  const { look, choices, onStep } = props
  const t = useMessages().restore
  const { data } = look
  return (
    <Section
      title={t.checkTitle}
      lead={t.checkLead}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} aria-hidden />}
          loading={look.isFetching}
          onClick={() => void look.refetch()}
        >
          {t.lookAgain}
        </Button>
      }
    >
      <Stack>
        {look.isFetching && data === undefined && <Looking />}
        {look.error !== null && !look.isFetching && <FaultAlert error={look.error} />}
        {data && <Found {...props} looked={data} />}
        <Group justify="space-between">
          <Button variant="default" onClick={() => onStep('target')}>
            {t.back}
          </Button>
          <Button
            disabled={data === undefined || look.isFetching || !isAgreed(data, choices)}
            onClick={() => onStep('agree')}
          >
            {t.next}
          </Button>
        </Group>
      </Stack>
    </Section>
  )
}

function Looking() {
  const t = useMessages().restore
  return (
    <Stack gap="md" aria-busy>
      <Text size="sm" c="dimmed" role="status">
        {t.looking}
      </Text>
      {Array.from({ length: 8 }, (_, at) => (
        <Skeleton key={at} height={26} />
      ))}
    </Stack>
  )
}

interface FoundProps extends CheckProps {
  readonly looked: Preflight
}

function Found({ looked, request, choices, onChange }: FoundProps) {
  const t = useMessages().restore
  const warnings = warningsOf(looked)
  return (
    <>
      <Verdict looked={looked} />
      <ul className={classes.checks}>
        {looked.checks.map(check => (
          <li key={check.name} className={classes.check}>
            <div>
              <ToneBadge {...LOOKS[check.outcome]}>{t.outcome[check.outcome]}</ToneBadge>
            </div>
            <Stack gap={4}>
              <Words check={check} />
              <Choice check={check} request={request} choices={choices} onChange={onChange} />
            </Stack>
          </li>
        ))}
      </ul>
      {looked.ready && warnings.length > 0 && (
        <Checkbox
          label={t.agreeWarnings(warnings.length)}
          checked={choices.agreed === wordsOfWarnings(looked)}
          onChange={event =>
            onChange({ agreed: event.currentTarget.checked ? wordsOfWarnings(looked) : '' })
          }
        />
      )}
    </>
  )
}

/** What a check came to; what the server said of a problem itself names what is missing. */
function Words({ check }: { readonly check: PreflightCheck }) {
  const messages = useMessages()
  const isEnglish = useSpeech().language === 'en'
  const { what, hint, detail, lang } = useTold({ ...check, hint: check.hint ?? undefined })
  return (
    <>
      <Text size="sm" className={classes.wrap}>
        <b>{messages.restore.check[check.name]}:</b>{' '}
        {/* It may begin with a name, which stays as it is written. */}
        <span lang={lang}>{isEnglish ? check.message : what}</span>
      </Text>
      {hint !== undefined && (
        <Text size="sm" c="dimmed" lang={lang} className={classes.wrap}>
          {hint}
        </Text>
      )}
      {detail !== undefined && (
        <Text size="xs" className={classes.wrap}>
          <b>{messages.common.details}:</b> <span lang="en">{detail}</span>
        </Text>
      )}
    </>
  )
}

function Verdict({ looked }: { readonly looked: Preflight }) {
  const t = useMessages().restore
  const problems = looked.checks.filter(({ outcome }) => outcome === 'problem').length
  const warnings = warningsOf(looked).length
  if (problems > 0) {
    return (
      <Alert color="red" icon={<IconExclamationCircle />} role="alert">
        {t.problems(problems)}
      </Alert>
    )
  }
  return warnings > 0 ? (
    <Alert color="orange" icon={<IconAlertTriangle />} role="status">
      {t.readyWith(warnings)}
    </Alert>
  ) : (
    <Alert color="kelp" icon={<IconCircleCheck />} role="status">
      {t.ready}
    </Alert>
  )
}

interface ChoiceProps extends Pick<CheckProps, 'request' | 'choices' | 'onChange'> {
  readonly check: PreflightCheck
}

/** What can be chosen right here against what a check found. */
function Choice({ check: { name, outcome }, request, choices, onChange }: ChoiceProps) {
  const t = useMessages().restore
  if (name === 'connections' && request.replace && (outcome === 'problem' || choices.disconnect)) {
    return (
      <Checkbox
        mt={4}
        label={t.disconnect}
        description={t.disconnectHint}
        checked={choices.disconnect}
        onChange={event => onChange({ disconnect: event.currentTarget.checked, agreed: '' })}
      />
    )
  }
  const isOfOwners = name === 'owners' || (name === 'roles' && outcome === 'problem')
  if (isOfOwners && (outcome === 'problem' || choices.noOwner)) {
    return (
      <Checkbox
        mt={4}
        label={t.noOwner}
        description={t.noOwnerHint}
        checked={choices.noOwner}
        onChange={event => onChange({ noOwner: event.currentTarget.checked, agreed: '' })}
      />
    )
  }
  return null
}
