import { Button, MultiSelect, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilterOff, IconSearch, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { repositoriesQuery, sourcesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { dayOf, hasFilter, type RunSearch } from './run-filter.ts'
import classes from './runs.module.css'
import { useNarrow } from './use-narrow.ts'

const TYPING_MS = 300

interface RunFiltersProps {
  readonly search: RunSearch
  /** What of the address becomes another. */
  readonly onChange: (changes: RunSearch) => void
  readonly onClear: () => void
}

/** Which runs the list shows. */
export function RunFilters({ search, onChange, onClear }: RunFiltersProps) {
  const t = useMessages().runs.filter
  const isNarrow = useNarrow()
  const [isOpen, setOpen] = useState(false)
  const { clear } = useMessages().common
  return (
    <form
      className={classes.filters}
      aria-label={t.label}
      onSubmit={event => event.preventDefault()}
    >
      <TextFilter text={search.text ?? ''} onChange={text => onChange({ text })} />
      {isNarrow && (
        <Button variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t.more}
        </Button>
      )}
      {(isOpen || !isNarrow) && (
        <>
          <StateFilters search={search} onChange={onChange} />
          <NameFilters search={search} onChange={onChange} />
          <DayFilters search={search} onChange={onChange} />
        </>
      )}
      <div className={classes.clear}>
        {search.schedule && (
          <Button
            variant="light"
            rightSection={<IconX size={14} aria-hidden />}
            onClick={() => onChange({ schedule: '' })}
          >
            {t.schedule}
          </Button>
        )}
        {hasFilter(search) && (
          <Button
            variant="subtle"
            leftSection={<IconFilterOff size={16} aria-hidden />}
            onClick={onClear}
          >
            {clear}
          </Button>
        )}
      </div>
    </form>
  )
}

type PartProps = Omit<RunFiltersProps, 'onClear'>

/** States, kinds and triggers: any of several. */
function StateFilters({ search, onChange }: PartProps) {
  const t = useMessages().runs.filter
  const { run, kind, trigger } = useMessages().states
  const fields = [
    ['state', t.state, t.anyState, run],
    ['kind', t.kind, t.anyKind, kind],
    ['trigger', t.trigger, t.anyTrigger, trigger],
  ] as const
  return fields.map(([name, label, any, words]) => {
    const value = search[name]?.split(',').filter(one => one in words) ?? []
    return (
      <MultiSelect
        key={name}
        label={label}
        placeholder={value.length === 0 ? any : undefined}
        data={Object.entries(words).map(([one, word]) => ({ value: one, label: word }))}
        value={value}
        onChange={chosen => onChange({ [name]: chosen.join(',') })}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
        classNames={{ pill: classes.pill }}
      />
    )
  })
}

function NameFilters({ search, onChange }: PartProps) {
  const t = useMessages().runs.filter
  const sources = useQuery(sourcesQuery).data?.sources ?? []
  const repositories = useQuery(repositoriesQuery).data?.repositories ?? []
  const fields = [
    ['source', t.source, t.anySource, sources],
    ['repository', t.repository, t.anyRepository, repositories],
  ] as const
  return fields.map(([name, label, any, things]) => {
    const known = things.map(({ name }) => name)
    const wanted = search[name]
    // Its name, its id, or what was removed.
    const value = things.find(({ id, name }) => wanted === id || wanted === name)?.name ?? wanted
    return (
      <Select
        key={name}
        label={label}
        placeholder={any}
        data={value === undefined || known.includes(value) ? known : [value, ...known]}
        value={value ?? null}
        onChange={chosen => onChange({ [name]: chosen ?? '' })}
        searchable
        clearable
        limit={100}
      />
    )
  })
}

/** From a day to another, both included. */
function DayFilters({ search, onChange }: PartProps) {
  const t = useMessages().runs.filter
  const [since, until] = [dayOf(search.since), dayOf(search.until)]
  return (
    <>
      <TextInput
        type="date"
        label={t.since}
        value={since}
        max={until || undefined}
        onChange={event => onChange({ since: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t.until}
        value={until}
        min={since || undefined}
        onChange={event => onChange({ until: event.currentTarget.value })}
      />
    </>
  )
}

interface TextFilterProps {
  readonly text: string
  readonly onChange: (text: string) => void
}

/** Searches a moment after somebody typed. */
function TextFilter({ text, onChange }: TextFilterProps) {
  const t = useMessages().runs.filter
  const [typed, setTyped] = useState(text)
  const [shown, setShown] = useState(text)
  const [asked, setAsked] = useState<string>()
  // Whoever goes back in the history finds what stood there; whoever types on is not interrupted.
  if (text !== shown) {
    setShown(text)
    if (text !== asked) {
      setTyped(text)
      setAsked(undefined)
    }
  }
  const ask = useDebouncedCallback((wanted: string) => {
    setAsked(wanted)
    onChange(wanted)
  }, TYPING_MS)
  return (
    <TextInput
      type="search"
      label={t.text}
      placeholder={t.textHint}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      maxLength={100}
      onChange={event => {
        setTyped(event.currentTarget.value)
        ask(event.currentTarget.value.trim())
      }}
    />
  )
}
