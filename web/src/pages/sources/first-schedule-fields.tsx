import { Group, NativeSelect, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { schedulePreviewQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { WEEKDAYS, type Weekday } from '../../parts/schedule-clock.ts'
import { timeZones } from '../../parts/zone.ts'
import {
  cronOf,
  type FirstSchedule,
  KEEP_CHOICES,
  type KeepChoice,
  keepOf,
  RHYTHMS,
  type Rhythm,
} from './first-schedule.ts'

interface FirstScheduleFieldsProps {
  readonly schedule: FirstSchedule
  readonly onChange: (schedule: FirstSchedule) => void
}

/** When to back up, and what stays: a few choices that suit most. */
export function FirstScheduleFields({ schedule, onChange }: FirstScheduleFieldsProps) {
  const t = useMessages().firstSchedule
  const [zones] = useState(timeZones)
  const { rhythm, at, weekday, timeZone, keep } = schedule
  return (
    <Stack gap="lg">
      <Radio.Group
        label={t.when}
        value={rhythm}
        onChange={value => onChange({ ...schedule, rhythm: value })}
      >
        <Stack gap="xs" mt="xs">
          {RHYTHMS.map(one => (
            <Radio key={one} value={one} label={t.rhythm[one]} description={t.rhythmHint[one]} />
          ))}
        </Stack>
      </Radio.Group>
      <Group align="flex-end">
        {rhythm === 'weekly' && (
          <NativeSelect
            label={t.weekday}
            value={weekday}
            onChange={event =>
              onChange({ ...schedule, weekday: event.currentTarget.value as Weekday })
            }
            data={WEEKDAYS.map((value, index) => ({ value, label: t.weekdays[index] ?? value }))}
          />
        )}
        {rhythm !== 'hourly' && (
          <>
            <TextInput
              type="time"
              label={t.at}
              required
              withAsterisk={false}
              value={at}
              onChange={event => onChange({ ...schedule, at: event.currentTarget.value })}
            />
            <Select
              label={t.timeZone}
              searchable
              limit={60}
              allowDeselect={false}
              nothingFoundMessage={t.noZone}
              value={timeZone}
              onChange={value => onChange({ ...schedule, timeZone: value ?? timeZone })}
              data={[...zones]}
            />
          </>
        )}
      </Group>
      <NextFirings schedule={schedule} />
      <Radio.Group
        label={t.keep}
        description={t.keepHint}
        value={keep}
        onChange={value => onChange({ ...schedule, keep: value })}
      >
        <Stack gap="xs" mt="xs">
          {KEEP_CHOICES.map(one => (
            <KeepRadio key={one} choice={one} rhythm={rhythm} />
          ))}
        </Stack>
      </Radio.Group>
    </Stack>
  )
}

function KeepRadio({ choice, rhythm }: { readonly choice: KeepChoice; readonly rhythm: Rhythm }) {
  const t = useMessages().firstSchedule
  const format = useFormat()
  const rule = keepOf({ rhythm, keep: choice })
  const tiers = (['hourly', 'daily', 'weekly', 'monthly'] as const).flatMap(tier => {
    const count = rule?.[tier]
    return count === undefined ? [] : [t.tier[tier](count)]
  })
  const label = rule === null ? t.keepAll : format.list(tiers)
  return <Radio value={choice} label={label} description={t.keepWhy[choice]} />
}

/** When it would come next, by the clock of its zone. */
function NextFirings({ schedule }: { readonly schedule: FirstSchedule }) {
  const t = useMessages().firstSchedule
  const format = useFormat()
  const { timeZone } = schedule
  const { data } = useQuery({
    ...schedulePreviewQuery({ cron: cronOf(schedule), timeZone, count: 2 }),
    enabled: schedule.at !== '',
  })
  const [first, second] = data?.firings ?? []
  return (
    <Text size="sm" c="dimmed" role="status" mih="1.5em">
      {first &&
        second &&
        t.nextTimes(format.shortTime(first.at, timeZone), format.shortTime(second.at, timeZone))}
    </Text>
  )
}
