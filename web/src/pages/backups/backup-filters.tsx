import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { repositoriesQuery, sourcesQuery, unclaimedQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import classes from './backups.module.css'
import { dayIn } from './days.ts'

/** What the address of the list says. */
export type BackupSearch = Partial<
  Record<'text' | 'source' | 'repository' | 'state' | 'pinned' | 'since' | 'until', string>
>

interface BackupFiltersProps {
  readonly search: BackupSearch
  /** Writes into the address; what is empty goes from it. */
  readonly onChange: (change: BackupSearch) => void
  readonly onClear: () => void
}

/** Which backups are shown. */
export function BackupFilters({ search, onChange, onClear }: BackupFiltersProps) {
  const t = useMessages().backups
  const { clear } = useMessages().common
  const isFiltered = Object.values(search).some(Boolean)
  return (
    <search aria-label={t.filters} className={classes.filters}>
      <TextFilter text={search.text ?? ''} onChange={text => onChange({ text })} />
      <ThingFilters search={search} onChange={onChange} />
      <TextInput
        type="date"
        label={t.since}
        value={dayIn(search.since)}
        onChange={event => onChange({ since: event.currentTarget.value })}
        max={dayIn(search.until) || undefined}
      />
      <TextInput
        type="date"
        label={t.until}
        value={dayIn(search.until)}
        onChange={event => onChange({ until: event.currentTarget.value })}
        min={dayIn(search.since) || undefined}
      />
      <Checkbox
        mb={8}
        label={t.pinnedOnly}
        checked={search.pinned === 'true'}
        onChange={event => onChange({ pinned: event.currentTarget.checked ? 'true' : '' })}
      />
      {isFiltered && (
        <Button variant="subtle" onClick={onClear}>
          {clear}
        </Button>
      )}
    </search>
  )
}

const WAIT_MS = 250

/** Goes into the address once nothing more is typed. */
function TextFilter(given: { readonly text: string; readonly onChange: (text: string) => void }) {
  const t = useMessages().backups
  const { search } = useMessages().common
  const [text, setText] = useState(given.text)
  const written = useRef(given.text)
  const write = useDebouncedCallback((value: string) => {
    written.current = value
    given.onChange(value)
  }, WAIT_MS)
  // Somebody else changed the address: a link, or the button that clears all filters.
  useEffect(() => {
    if (given.text === written.current) return
    written.current = given.text
    setText(given.text)
  }, [given.text])
  return (
    <TextInput
      type="search"
      label={search}
      placeholder={t.searchHint}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={text}
      className={classes.search}
      maxLength={200}
      onChange={event => {
        setText(event.currentTarget.value)
        write(event.currentTarget.value.trim())
      }}
    />
  )
}

function ThingFilters({ search, onChange }: Pick<BackupFiltersProps, 'search' | 'onChange'>) {
  const t = useMessages().backups
  const { source, repository, state } = useMessages().common
  const names = useMessages().states.backup
  const { data: known } = useQuery(sourcesQuery)
  const { data: others } = useQuery(unclaimedQuery)
  const labels = others?.databases.map(({ label }) => ({ id: label, name: label })) ?? []
  const sources = [...(known?.sources ?? []), ...labels]
  const { data: places } = useQuery(repositoriesQuery)
  const states = Object.entries(names).map(([value, label]) => ({ value, label }))
  return (
    <>
      <Select
        label={source}
        placeholder={t.anySource}
        data={choices(sources, search.source)}
        value={chosen(sources, search.source)}
        onChange={value => onChange({ source: value ?? '' })}
        searchable
        clearable
      />
      <Select
        label={repository}
        placeholder={t.anyRepository}
        data={choices(places?.repositories, search.repository)}
        value={chosen(places?.repositories, search.repository)}
        onChange={value => onChange({ repository: value ?? '' })}
        searchable
        clearable
      />
      <Select
        label={state}
        placeholder={t.anyState}
        data={states}
        value={states.some(one => one.value === search.state) ? (search.state ?? null) : null}
        onChange={value => onChange({ state: value ?? '' })}
        clearable
      />
    </>
  )
}

type Named = { readonly id: string; readonly name: string }

/** An address may name a thing by its name or its id, or one that is not here any more. */
const chosen = (things: readonly Named[] | undefined, wanted: string | undefined): string | null =>
  things?.find(({ id, name }) => id === wanted || name === wanted)?.name ?? wanted ?? null

function choices(things: readonly Named[] | undefined, wanted: string | undefined): string[] {
  const names = things?.map(({ name }) => name) ?? []
  const value = chosen(things, wanted)
  return value === null || names.includes(value) ? names : [value, ...names]
}
