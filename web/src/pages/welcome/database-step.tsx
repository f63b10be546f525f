import { Button, Group, Text } from '@mantine/core'
import type { SourceListing } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Section } from '../../parts/section.tsx'
import { NewSources } from '../sources/new-source-page.tsx'

interface DatabaseStepProps {
  readonly sources: readonly SourceListing[]
  readonly onNext: () => void
}

/** What is backed up. */
export function DatabaseStep({ sources, onNext }: DatabaseStepProps) {
  const t = useMessages().welcome
  const format = useFormat()
  return (
    <>
      {sources.length > 0 && (
        <Section title={t.databasesThere(sources.length)}>
          <Text size="sm" mb="md">
            {format.list(sources.map(one => one.name))}
          </Text>
          <Group>
            <Button onClick={onNext}>{t.toSchedule}</Button>
          </Group>
        </Section>
      )}
      <Section
        title={sources.length > 0 ? t.anotherDatabase : t.databaseTitle}
        lead={t.databaseLead}
      >
        <NewSources onAdded={onNext} />
      </Section>
    </>
  )
}
