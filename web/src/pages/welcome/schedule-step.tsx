import { Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { SourceListing } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Section } from '../../parts/section.tsx'
import { FirstScheduleForm } from '../sources/first-schedule-form.tsx'
import { startBackup } from './first-runs.ts'

interface ScheduleStepProps {
  readonly sources: readonly SourceListing[]
  readonly onNext: () => void
}

/** When it is backed up from now on; the first time is now. */
export function ScheduleStep({ sources, onNext }: ScheduleStepProps) {
  const t = useMessages().welcome
  const format = useFormat()
  const queries = useQueryClient()
  const unscheduled = sources.filter(one => one.schedules === 0)
  const begin = async () => {
    // What does not start here is started on the next page, where one sees why.
    await Promise.allSettled(unscheduled.map(one => startBackup(one.id)))
    await queries.invalidateQueries({ queryKey: ['sources'] })
    onNext()
  }
  if (unscheduled.length === 0) {
    return (
      <Section title={t.scheduleThere} lead={t.scheduleThereLead}>
        <Group>
          <Button onClick={onNext}>{t.toProof}</Button>
        </Group>
      </Section>
    )
  }
  return (
    <Section title={t.scheduleTitle} lead={t.scheduleLead}>
      <Text size="sm" mb="lg">
        {t.scheduleFor(format.list(unscheduled.map(one => one.name)))}
      </Text>
      <FirstScheduleForm sources={unscheduled} action={t.saveAndBackUp} then={begin} />
    </Section>
  )
}
