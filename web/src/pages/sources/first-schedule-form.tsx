import { Button, Group, NativeSelect, Stack } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useRef, useState } from 'react'
import type { Source } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { repositoriesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { cronOf, keepOf, usualSchedule } from './first-schedule.ts'
import { FirstScheduleFields } from './first-schedule-fields.tsx'

interface FirstScheduleFormProps {
  /** What the schedule is for: each gets one of its own. */
  readonly sources: readonly Pick<Source, 'id' | 'name'>[]
  readonly action: string
  /** What comes right after; the button waits for it. */
  readonly then: () => Promise<void>
  /** Other ways to go on. */
  readonly others?: ReactNode
}

/** One schedule for all of several sources. */
export function FirstScheduleForm({ sources, action, then, others }: FirstScheduleFormProps) {
  const t = useMessages().firstSchedule
  const queries = useQueryClient()
  const { data } = useQuery(repositoriesQuery)
  const repositories = data?.repositories ?? []
  const [schedule, setSchedule] = useState(usualSchedule)
  const [chosen, setChosen] = useState<string>()
  const repository = chosen ?? repositories[0]?.id
  const done = useRef(new Set<string>())
  const save = useAct(
    async () => {
      if (repository === undefined) return
      const { timeZone } = schedule
      const timing = { cron: cronOf(schedule), timeZone, keep: keepOf(schedule) }
      for (const { id } of sources) {
        // One that has its schedule since an attempt that did not come to its end keeps that one.
        if (!done.current.has(id)) await client.addSchedule({ source: id, repository, ...timing })
        done.current.add(id)
      }
      await then()
      void queries.invalidateQueries({ queryKey: ['schedules'] })
    },
    { showsFault: true },
  )
  return (
    <Form onSubmit={() => save.mutate()}>
      <Stack gap="lg">
        {repositories.length > 1 && (
          <NativeSelect
            label={t.repository}
            value={repository}
            onChange={event => setChosen(event.currentTarget.value)}
            data={repositories.map(one => ({ value: one.id, label: one.name }))}
          />
        )}
        <FirstScheduleFields schedule={schedule} onChange={setSchedule} />
        {save.error !== null && <FaultAlert error={save.error} />}
        <Group>
          <Button type="submit" loading={save.isPending} disabled={repository === undefined}>
            {action}
          </Button>
          {others}
        </Group>
      </Stack>
    </Form>
  )
}
