import { Button, Group, NumberInput, Radio, Stack, Text } from '@mantine/core'
import { useMessages } from '../../i18n/language.tsx'
import { type Draft, type Keep, keepFields, keepOf, TIERS } from './draft.ts'
import classes from './schedules.module.css'
import type { FieldsProps } from './when-fields.tsx'

/** Rules that suit most; of what is made more often, more is kept. */
const presetsFor = ({ by, clock }: Draft): Readonly<Record<'short' | 'usual' | 'long', Keep>> => {
  const isFrequent = by === 'clock' && ['minutes', 'hours', 'hourly'].includes(clock.rhythm)
  const hours = isFrequent ? { hourly: 24 } : {}
  return {
    short: { ...hours, daily: 7, weekly: 4 },
    usual: { ...hours, daily: 7, weekly: 4, monthly: 12 },
    long: { ...hours, daily: 30, weekly: 12, monthly: 24, yearly: 10 },
  }
}

const MOST: Readonly<Record<(typeof TIERS)[number], number>> = {
  last: 10_000,
  hourly: 10_000,
  daily: 4_000,
  weekly: 1_000,
  monthly: 1_000,
  yearly: 100,
  within: 40_000,
}

/** Which backups stay: everything, or what a rule keeps. */
export function KeepFields({ draft, onChange, problem }: FieldsProps) {
  const t = useMessages().schedules.keep
  const presets = presetsFor(draft)
  const now = JSON.stringify(keepOf(draft))
  return (
    <Stack>
      <Radio.Group
        label={t.which}
        value={draft.keepsAll ? 'all' : 'rule'}
        onChange={value => onChange({ keepsAll: value === 'all' })}
      >
        <Stack gap="xs" mt={6}>
          <Radio value="rule" label={t.byRule} description={t.byRuleHint} />
          <Radio value="all" label={t.all} description={t.allHint} />
        </Stack>
      </Radio.Group>
      {!draft.keepsAll && (
        <>
          <Group gap="xs" role="group" aria-label={t.presets}>
            {(['short', 'usual', 'long'] as const).map(name => (
              <Button
                key={name}
                size="xs"
                variant="default"
                aria-pressed={JSON.stringify(presets[name]) === now}
                onClick={() => onChange({ keep: keepFields(presets[name]) })}
              >
                {t.preset[name]}
              </Button>
            ))}
          </Group>
          <Group align="flex-start" gap="sm">
            {TIERS.map(tier => (
              <NumberInput
                key={tier}
                className={classes.number}
                label={t.tiers[tier]}
                placeholder="–"
                min={1}
                max={MOST[tier]}
                allowDecimal={false}
                allowNegative={false}
                value={draft.keep[tier]}
                onChange={value => onChange({ keep: { ...draft.keep, [tier]: value } })}
                error={problem('keep') !== undefined}
              />
            ))}
          </Group>
          {problem('keep') !== undefined && (
            <Text role="alert" size="xs" c="var(--mantine-color-error)">
              {problem('keep')}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {t.meaning}
          </Text>
        </>
      )}
    </Stack>
  )
}
