import { Button, Chip, Group, NativeSelect, Select, Stack, Text, TextInput } from '@mantine/core'
import { useId } from '@mantine/hooks'
import type { ReactNode } from 'react'
import type { Schedule } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import {
  type Clock,
  cronOf,
  daysOf,
  HOUR_STEPS,
  MINUTE_STEPS,
  RHYTHMS,
  type Rhythm,
  readClock,
} from '../../parts/schedule-clock.ts'
import { useScheduleWords } from '../../parts/schedule-words.ts'
import { TimeZoneSelect } from '../../parts/time-zone-select.tsx'
import type { Draft } from './draft.ts'
import { WeekdayChips } from './weekday-chips.tsx'

export interface FieldsProps {
  readonly draft: Draft
  readonly onChange: (change: Partial<Draft>) => void
  /** What is wrong with a field, in words. */
  readonly problem: (place: string) => ReactNode
}

interface WhenFieldsProps extends FieldsProps {
  /** Those that this one may follow. */
  readonly others: readonly Schedule[]
}

/** When a schedule fires: by a preset, by cron, or after another one. */
export function WhenFields({ draft, onChange, problem, others }: WhenFieldsProps) {
  const t = useMessages().schedules
  const chosen = draft.by === 'clock' ? draft.clock.rhythm : draft.by
  const choose = (value: string) => {
    const { clock } = draft
    if (value === 'after') onChange({ by: 'after' })
    // From a preset to cron, one goes on from where one was.
    else if (value === 'cron') {
      onChange({ by: 'cron', ...(draft.by === 'clock' && { cron: cronOf(clock) }) })
    } else onChange({ by: 'clock', clock: { ...clock, rhythm: value as Rhythm } })
  }
  const label = useId()
  return (
    <Stack>
      <div role="radiogroup" aria-labelledby={label}>
        <Text id={label} size="sm" fw={500} mb={6}>
          {t.howOften}
        </Text>
        <Chip.Group value={chosen} onChange={choose}>
          <Group gap={6}>
            {[...RHYTHMS, 'cron' as const, 'after' as const].map(one => (
              <Chip key={one} value={one} variant="outline">
                {t.rhythms[one]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      {draft.by === 'clock' && (
        <ClockFields
          clock={draft.clock}
          onChange={clock => onChange({ clock: { ...draft.clock, ...clock } })}
          problem={problem}
        />
      )}
      {draft.by === 'cron' && <CronField draft={draft} onChange={onChange} problem={problem} />}
      {draft.by === 'after' && (
        <AfterField draft={draft} onChange={onChange} problem={problem} others={others} />
      )}
      {draft.by !== 'after' && (
        <TimeZoneSelect
          value={draft.timeZone}
          onChange={timeZone => onChange({ timeZone })}
          error={problem('timeZone')}
        />
      )}
    </Stack>
  )
}

interface ClockFieldsProps {
  readonly clock: Clock
  readonly onChange: (change: Partial<Clock>) => void
  readonly problem: FieldsProps['problem']
}

const steps = (counts: readonly number[]) => counts.map(String)

function ClockFields({ clock, onChange, problem }: ClockFieldsProps) {
  const t = useMessages().schedules
  const { rhythm } = clock
  return (
    <Group align="flex-start">
      {rhythm === 'minutes' && (
        <NativeSelect
          label={t.everyMinutes}
          data={steps(MINUTE_STEPS)}
          value={clock.minutes}
          onChange={event => onChange({ minutes: Number(event.currentTarget.value) })}
        />
      )}
      {rhythm === 'hours' && (
        <NativeSelect
          label={t.everyHours}
          data={steps(HOUR_STEPS)}
          value={clock.hours}
          onChange={event => onChange({ hours: Number(event.currentTarget.value) })}
        />
      )}
      {rhythm === 'hourly' && (
        <NativeSelect
          label={t.atMinute}
          data={Array.from({ length: 60 }, (_, minute) => ({
            value: String(minute),
            label: `:${String(minute).padStart(2, '0')}`,
          }))}
          value={clock.minute}
          onChange={event => onChange({ minute: Number(event.currentTarget.value) })}
        />
      )}
      {rhythm === 'weekly' && (
        <WeekdayChips
          label={t.onDays}
          days={clock.weekdays}
          onChange={weekdays => onChange({ weekdays })}
          error={problem('weekdays')}
        />
      )}
      {(rhythm === 'monthly' || rhythm === 'yearly') && (
        <DayFields clock={clock} onChange={onChange} problem={problem} />
      )}
      {['daily', 'weekly', 'monthly', 'yearly'].includes(rhythm) && (
        <TextInput
          type="time"
          label={t.at}
          value={clock.at}
          onChange={event => onChange({ at: event.currentTarget.value })}
          error={problem('at')}
        />
      )}
    </Group>
  )
}

function DayFields({ clock, onChange }: ClockFieldsProps) {
  const t = useMessages().schedules
  const isMonthly = clock.rhythm === 'monthly'
  const most = isMonthly ? 31 : daysOf(clock.month)
  const days = Array.from({ length: most }, (_, at) => at + 1)
  const changeMonth = (month: number) =>
    onChange({ month, day: Math.min(clock.day, daysOf(month)) })
  return (
    <>
      <NativeSelect
        label={t.onDay}
        data={days.map(day => ({
          value: String(day),
          label: isMonthly && day === 31 ? t.lastDay : String(day),
        }))}
        value={Math.min(clock.day, most)}
        onChange={event => onChange({ day: Number(event.currentTarget.value) })}
      />
      {!isMonthly && (
        <NativeSelect
          label={t.inMonth}
          data={t.months.map((label, at) => ({ value: String(at + 1), label }))}
          value={clock.month}
          onChange={event => changeMonth(Number(event.currentTarget.value))}
        />
      )}
    </>
  )
}

function CronField({ draft, onChange, problem }: FieldsProps) {
  const t = useMessages().schedules
  const clock = readClock(draft.cron)
  return (
    <>
      <TextInput
        label={t.cron}
        description={t.cronHint}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        value={draft.cron}
        onChange={event => onChange({ cron: event.currentTarget.value })}
        error={problem('cron')}
        maxLength={120}
        spellCheck={false}
        autoComplete="off"
      />
      {clock !== undefined && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {t.samePreset(t.rhythms[clock.rhythm])}
          </Text>
          <Button size="xs" variant="subtle" onClick={() => onChange({ by: 'clock', clock })}>
            {t.showPreset}
          </Button>
        </Group>
      )}
    </>
  )
}

function AfterField({ draft, onChange, problem, others }: WhenFieldsProps) {
  const t = useMessages().schedules
  const words = useScheduleWords()
  return (
    <Select
      label={t.after}
      description={t.afterHint}
      searchable
      limit={80}
      nothingFoundMessage={t.noOther}
      placeholder={others.length === 0 ? t.noOther : t.chooseOther}
      value={draft.after}
      onChange={after => onChange({ after })}
      data={others.map(one => ({
        value: one.id,
        label: `${one.source} → ${one.repository}: ${words(one)}`,
      }))}
      error={problem('after')}
    />
  )
}
