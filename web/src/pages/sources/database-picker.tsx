import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Source } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { sourcesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { DatabaseRow } from './database-row.tsx'
import { namesOf, onDatabase, type Reached, suggestedName } from './place.ts'
import { ReachedServer } from './reached-server.tsx'

interface DatabasePickerProps {
  readonly reached: Reached
  /** Another server. */
  readonly onBack: () => void
  readonly onAdded: (sources: readonly Source[]) => void
}

/** So many databases are seen at a glance; more are searched. */
const FEW = 8

/** The databases of a server, of which some are to be sources, each under a name. */
export function DatabasePicker({ reached, onBack, onAdded }: DatabasePickerProps) {
  const t = useMessages().newSource
  const [text, setText] = useState('')
  const { picked, toggle, rename, add, added, fault } = usePicking(reached, onAdded)
  const shown = reached.databases.filter(
    one => picked.has(one.database) || one.database.toLowerCase().includes(text.toLowerCase()),
  )
  const { rest } = besideFields(fault?.error, ['name'], { NAME_TAKEN: 'name' })
  return (
    <Form onSubmit={() => add.mutate()} fault={fault}>
      <Stack>
        <ReachedServer reached={reached} />
        <Group justify="space-between">
          <Text fw={600}>{t.which}</Text>
          <Anchor component="button" type="button" size="sm" onClick={onBack}>
            {t.otherServer}
          </Anchor>
        </Group>
        {reached.databases.length > FEW && (
          <TextInput
            label={t.filter}
            value={text}
            onChange={event => setText(event.currentTarget.value)}
          />
        )}
        <Stack component="ul" gap="xs" m={0} p={0} aria-label={t.databases}>
          {shown.map(one => (
            <DatabaseRow
              key={one.database}
              found={one}
              source={added.find(source => source.database === one.database)?.name ?? one.source}
              name={picked.get(one.database)}
              error={fault?.database === one.database ? fault.error : undefined}
              onToggle={() => toggle(one)}
              onRename={name => rename(one.database, name)}
            />
          ))}
        </Stack>
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group>
          <Button type="submit" loading={add.isPending} disabled={picked.size === 0}>
            {t.add(picked.size)}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

interface PickingFault {
  readonly database: string
  readonly error: unknown
}

/** Which databases are picked under which names, and how they become sources, one after the other. */
function usePicking(reached: Reached, onAdded: DatabasePickerProps['onAdded']) {
  const queries = useQueryClient()
  const { data } = useQuery(sourcesQuery)
  const taken = namesOf(data?.sources ?? [])
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(() => firstPick(reached, taken))
  const [added, setAdded] = useState<readonly Source[]>([])
  const [fault, setFault] = useState<PickingFault>()
  const toggle = (one: Reached['databases'][number]) => {
    const next = new Map(picked)
    const names = new Set([...taken, ...[...picked.values()].map(name => name.toLowerCase())])
    if (!next.delete(one.database)) next.set(one.database, suggestedName(one, names))
    setPicked(next)
  }
  const rename = (database: string, name: string) => setPicked(new Map(picked).set(database, name))
  const add = useAct(
    async () => {
      setFault(undefined)
      const sources = [...added]
      for (const [database, name] of picked) {
        try {
          sources.push(await client.addSource({ ...onDatabase(reached.place, database), name }))
        } catch (error) {
          setFault({ database, error })
          throw error
        } finally {
          // What is added stays so, whatever becomes of the next one.
          const done = new Set(sources.map(source => source.database))
          setAdded(sources)
          setPicked(new Map([...picked].filter(([one]) => !done.has(one))))
        }
      }
      await queries.invalidateQueries({ queryKey: ['sources'] })
      return sources
    },
    { onDone: onAdded, showsFault: true },
  )
  return { picked, toggle, rename, add, added, fault }
}

/** The database that was asked for, or the only one there is. */
function firstPick(
  { database, databases }: Reached,
  taken: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const free = databases.filter(one => one.source === null)
  const first = free.find(one => one.database === database) ?? (free.length === 1 ? free[0] : null)
  return new Map(first ? [[first.database, suggestedName(first, taken)]] : [])
}
