import { Select } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { ownTimeZone } from '../data/own-time-zone.ts'
import { useMessages } from '../i18n/language.tsx'
import { timeZones } from './zone.ts'

interface TimeZoneSelectProps {
  readonly value: string
  readonly onChange: (timeZone: string) => void
  readonly error?: ReactNode
}

/** A time zone, found by a part of its name. */
export function TimeZoneSelect({ value, onChange, error }: TimeZoneSelectProps) {
  const t = useMessages().schedules
  const [zones] = useState(timeZones)
  const own = ownTimeZone()
  const names = zones.includes(value) ? zones : [value, ...zones]
  return (
    <Select
      label={t.timeZone}
      searchable
      limit={60}
      allowDeselect={false}
      nothingFoundMessage={t.noZone}
      value={value}
      onChange={zone => onChange(zone ?? value)}
      data={names.map(name => ({ value: name, label: name === own ? t.ownZone(name) : name }))}
      error={error}
    />
  )
}
