import { TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '../../i18n/language.tsx'

/** How a repository is called, and where it is. */
interface Called {
  readonly name: string
  readonly place: string
}

interface RepositoryFieldsProps extends Called {
  readonly onChange: (change: Partial<Called>) => void
  readonly placeHint: string
  readonly errorOf: (field: string) => ReactNode
}

/** What every repository has, the new and the found. */
export function RepositoryFields({
  name,
  place,
  onChange,
  placeHint,
  errorOf,
}: RepositoryFieldsProps) {
  const t = useMessages().newRepository
  return (
    <>
      <TextInput
        required
        withAsterisk={false}
        label={t.name}
        description={t.nameHint}
        value={name}
        onChange={event => onChange({ name: event.currentTarget.value })}
        error={errorOf('name')}
      />
      <TextInput
        required
        withAsterisk={false}
        label={t.place}
        description={placeHint}
        spellCheck={false}
        autoCapitalize="off"
        value={place}
        onChange={event => onChange({ place: event.currentTarget.value })}
        error={errorOf('url')}
      />
    </>
  )
}
