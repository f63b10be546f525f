import { Button, Checkbox, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconArchive } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Fragment, useCallback, useState } from 'react'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { FaultLine } from '../../parts/fault-text.tsx'
import type { SourceLine } from './source-need.ts'
import type { ChoiceBoxProps, Selection } from './source-table.tsx'

/** Several sources, for what is done with all of them. */
export function useSelection(): Selection & { readonly forget: () => void } {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set())
  const choose = useCallback((ids: readonly string[], isChosen: boolean) => {
    setChosen(before => {
      const after = new Set(before)
      for (const id of ids) {
        if (isChosen) after.add(id)
        else after.delete(id)
      }
      return after
    })
  }, [])
  const forget = useCallback(() => setChosen(new Set()), [])
  return { chosen, choose, forget, Box: ChoiceBox }
}

const ChoiceBox = ({ label, isChosen, isPartly = false, onChange }: ChoiceBoxProps) => (
  <Checkbox
    aria-label={label}
    checked={isChosen}
    indeterminate={isPartly}
    onChange={event => onChange(event.currentTarget.checked)}
  />
)

interface SourceChoiceProps extends ReturnType<typeof useSelection> {
  readonly sources: readonly SourceLine[]
}

/** What can be done with those that are chosen. */
export function SourceChoice({ sources, chosen, forget }: SourceChoiceProps) {
  const t = useMessages().sources
  const some = sources.filter(({ id }) => chosen.has(id))
  const act = useMutation({
    mutationFn: async () =>
      await Promise.allSettled(
        some.map(({ id }) => client.startRun({ kind: 'backup', source: id })),
      ),
    onSuccess: outcomes => {
      const refusals = outcomes.filter(one => one.status === 'rejected')
      notifications.show({
        title: t.chosenStarted(outcomes.length - refusals.length, refusals.length),
        message: refusals.map(({ reason }, at) => (
          <Fragment key={at}>
            <FaultLine error={reason} />{' '}
          </Fragment>
        )),
        color: refusals.length === 0 ? 'kelp' : 'red',
        ...(refusals.length > 0 && { autoClose: 12_000 }),
      })
      forget()
    },
  })
  if (some.length === 0) return null
  return (
    <Group mb="sm" gap="sm" role="toolbar" aria-label={t.chosen(some.length)}>
      <Text size="sm" fw={600} aria-live="polite">
        {t.chosen(some.length)}
      </Text>
      <Button
        size="xs"
        variant="light"
        loading={act.isPending}
        leftSection={<IconArchive size={16} aria-hidden />}
        onClick={() => act.mutate()}
      >
        {t.backUpChosen}
      </Button>
      <Button size="xs" variant="subtle" color="gray" onClick={forget}>
        {t.forget}
      </Button>
    </Group>
  )
}
