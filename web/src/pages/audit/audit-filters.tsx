import { Autocomplete, Button, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { apiKeysQuery, usersQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { dayIn } from '../backups/days.ts'
import classes from './audit.module.css'
import { ACTIONS, type AuditSearch } from './audit-filter.ts'

interface AuditFiltersProps {
  readonly search: AuditSearch
  /** Writes into the address; what is empty goes from it. */
  readonly onChange: (change: AuditSearch) => void
  readonly onClear: (() => void) | undefined
}

/** Which entries are shown. */
export function AuditFilters({ search, onChange, onClear }: AuditFiltersProps) {
  const t = useMessages().audit
  const { clear } = useMessages().common
  const actors = useActors()
  const results = Object.entries(t.results).map(([value, label]) => ({ value, label }))
  return (
    <search aria-label={t.filters} className={classes.filters}>
      <TextInput
        type="date"
        label={t.since}
        value={dayIn(search.since)}
        max={dayIn(search.until) || undefined}
        onChange={event => onChange({ since: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t.until}
        value={dayIn(search.until)}
        min={dayIn(search.since) || undefined}
        onChange={event => onChange({ until: event.currentTarget.value })}
      />
      <TypedFilter
        label={t.actor}
        placeholder={t.anybody}
        suggestions={actors}
        text={search.actor ?? ''}
        onChange={actor => onChange({ actor })}
      />
      <TypedFilter
        label={t.action}
        placeholder={t.anything}
        suggestions={ACTIONS}
        text={search.action ?? ''}
        onChange={action => onChange({ action })}
      />
      <Select
        label={t.result}
        placeholder={t.anyResult}
        data={results}
        value={
          results.some(({ value }) => value === search.result) ? (search.result ?? null) : null
        }
        onChange={result => onChange({ result: result ?? '' })}
        clearable
      />
      <TypedFilter
        label={t.object}
        placeholder={t.objectHint}
        suggestions={NONE}
        text={search.object ?? ''}
        onChange={object => onChange({ object })}
      />
      {onClear && (
        <Button variant="subtle" onClick={onClear}>
          {clear}
        </Button>
      )}
    </search>
  )
}

const NONE: readonly string[] = []

/** Those who can be named: as the log names them. */
function useActors(): readonly string[] {
  const users = useQuery(usersQuery).data?.users ?? []
  const keys = useQuery(apiKeysQuery).data?.keys ?? []
  return [
    ...users.map(({ email }) => `user ${email}`),
    ...keys.map(({ name }) => `api key ${name}`),
    'scheduler',
  ]
}

const WAIT_MS = 300

interface TypedFilterProps {
  readonly label: string
  readonly placeholder: string
  readonly suggestions: readonly string[]
  readonly text: string
  readonly onChange: (text: string) => void
}

/** Goes into the address once nothing more is typed. */
function TypedFilter({ label, placeholder, suggestions, ...given }: TypedFilterProps) {
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
    <Autocomplete
      label={label}
      placeholder={placeholder}
      data={[...new Set(suggestions)]}
      limit={60}
      value={text}
      maxLength={100}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      onChange={value => {
        setText(value)
        write(value.trim())
      }}
    />
  )
}
