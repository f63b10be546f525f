import { SegmentedControl } from '@mantine/core'
import type { NewApiKey } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import classes from './users.module.css'

type Scope = NonNullable<NewApiKey['scopes']>[number]
type Area = Scope extends `${infer A}:${string}` ? A : never
/** What is given of each area; nothing of those that are not named. */
export type Access = Readonly<Partial<Record<Area, 'read' | 'write'>>>

/** In the order in which people ask for them. */
const AREAS: readonly Area[] = [
  'sources',
  'backups',
  'runs',
  'schedules',
  'scheduler',
  'repositories',
  'locks',
  'search',
  'metrics',
  'settings',
  'users',
  'api-keys',
  'audit',
  'account',
]

export const scopesOf = (access: Access): Scope[] =>
  AREAS.flatMap(area => {
    const given = access[area]
    return given === undefined ? [] : [`${area}:${given}` as const]
  })

interface ScopeFieldProps {
  readonly value: Access
  readonly onChange: (access: Access) => void
}

/** For each area: nothing, reading, or reading and changing. */
export function ScopeField({ value, onChange }: ScopeFieldProps) {
  const t = useMessages().users.keys
  const give = (area: Area, access: string) => {
    const { [area]: _, ...others } = value
    onChange(access === 'read' || access === 'write' ? { ...others, [area]: access } : others)
  }
  return (
    <fieldset className={classes.scopes}>
      <legend>{t.areasLabel}</legend>
      {AREAS.map(area => (
        <div key={area} className={classes.scope}>
          <span>{t.areas[area]}</span>
          <SegmentedControl
            size="xs"
            aria-label={t.areas[area]}
            value={value[area] ?? 'none'}
            onChange={access => give(area, access)}
            data={[
              { value: 'none', label: t.access.none },
              { value: 'read', label: t.access.read },
              { value: 'write', label: t.access.write },
            ]}
          />
        </div>
      ))}
    </fieldset>
  )
}
