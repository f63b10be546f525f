import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { IconMoonOff, IconTrash } from '@tabler/icons-react'
import { useMessages } from '../../i18n/language.tsx'
import { WEEKDAYS } from '../../parts/schedule-clock.ts'
import type { Window } from './draft.ts'
import classes from './schedules.module.css'
import { WeekdayChips } from './weekday-chips.tsx'
import type { FieldsProps } from './when-fields.tsx'

/** What most people leave as it is. */
export function FineFields({ draft, onChange, problem }: FieldsProps) {
  const t = useMessages().schedules.fine
  return (
    <Stack>
      {draft.by !== 'after' && (
        <>
          <TextInput
            label={t.jitter}
            description={t.jitterHint}
            placeholder={t.jitterNone}
            value={draft.jitter}
            onChange={event => onChange({ jitter: event.currentTarget.value })}
            error={problem('jitter')}
          />
          <Windows draft={draft} onChange={onChange} problem={problem} />
        </>
      )}
      <TextInput
        label={t.delays}
        description={t.delaysHint}
        value={draft.delays}
        onChange={event => onChange({ delays: event.currentTarget.value })}
        error={problem('delays')}
      />
      <TextInput
        label={t.networkDelays}
        description={t.networkDelaysHint}
        value={draft.networkDelays}
        onChange={event => onChange({ networkDelays: event.currentTarget.value })}
        error={problem('networkDelays')}
      />
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <NumberInput
          label={t.priority}
          description={t.priorityHint}
          min={-1000}
          max={1000}
          allowDecimal={false}
          value={draft.priority}
          onChange={priority => onChange({ priority })}
          error={problem('priority')}
        />
        <NumberInput
          label={t.maxSize}
          description={t.maxSizeHint}
          placeholder={t.maxSizeNone}
          min={0}
          value={draft.maxSize}
          onChange={maxSize => onChange({ maxSize })}
          suffix=" GB"
          error={problem('maxSize')}
        />
      </Group>
    </Stack>
  )
}

const NIGHT: Window = { days: WEEKDAYS.slice(0, 5), from: '08:00', to: '18:00' }

/** Times of the week in which nothing starts. */
function Windows({ draft: { blackout }, onChange, problem }: FieldsProps) {
  const t = useMessages().schedules.fine
  const put = (windows: readonly Window[]) => onChange({ blackout: windows })
  const change = (at: number, part: Partial<Window>) =>
    put(blackout.map((one, index) => (index === at ? { ...one, ...part } : one)))
  const error = problem('blackout')
  return (
    <fieldset className={classes.windows}>
      <Text component="legend" size="sm" fw={500} p={0} mb={2}>
        {t.blackout}
      </Text>
      <Text size="xs" c="dimmed">
        {t.blackoutHint}
      </Text>
      {blackout.map((window, at) => (
        <div key={at} className={classes.window}>
          <WeekdayChips
            label={t.blackoutDays(at + 1)}
            days={window.days}
            onChange={days => change(at, { days })}
          />
          <Group align="flex-end">
            <TextInput
              type="time"
              label={t.from}
              value={window.from}
              onChange={event => change(at, { from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t.to}
              value={window.to}
              onChange={event => change(at, { to: event.currentTarget.value })}
            />
            <Button
              variant="subtle"
              color="gray"
              c="dimmed"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => put(blackout.filter((_, index) => index !== at))}
            >
              {t.removeBlackout(at + 1)}
            </Button>
          </Group>
          {window.from !== '' && window.to !== '' && window.to <= window.from && (
            <Text size="xs" c="dimmed">
              {t.untilNextDay}
            </Text>
          )}
        </div>
      ))}
      {error !== undefined && (
        <Text role="alert" size="xs" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
      <div>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconMoonOff size={16} aria-hidden />}
          disabled={blackout.length >= 20}
          onClick={() => put([...blackout, NIGHT])}
        >
          {t.addBlackout}
        </Button>
      </div>
    </fieldset>
  )
}
