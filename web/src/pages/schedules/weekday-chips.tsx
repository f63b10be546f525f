import { Chip, Group, Input } from '@mantine/core'
import { useId } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import { WEEKDAYS, type Weekday } from '../../parts/schedule-clock.ts'

interface WeekdayChipsProps {
  readonly label: string
  readonly days: readonly Weekday[]
  readonly onChange: (days: readonly Weekday[]) => void
  readonly error?: ReactNode
}

/** Days of the week, in their order whichever is chosen first. */
export function WeekdayChips({ label, days, onChange, error }: WeekdayChipsProps) {
  const t = useMessages().schedules
  const id = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot stand as the other labels do
    <div role="group" aria-labelledby={id}>
      <Input.Label id={id} labelElement="div">
        {label}
      </Input.Label>
      <Chip.Group
        multiple
        value={[...days]}
        onChange={chosen => onChange(WEEKDAYS.filter(day => chosen.includes(day)))}
      >
        <Group gap={6} mt={2}>
          {WEEKDAYS.map((day, at) => (
            <Chip key={day} value={day} size="xs" variant="outline">
              {t.weekdays[at]}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {error !== undefined && (
        <Input.Error mt={4} role="alert">
          {error}
        </Input.Error>
      )}
    </div>
  )
}
