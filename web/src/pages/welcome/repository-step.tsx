import { Anchor, Button, Group, List, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CreatedRepository, RepositoryListing } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Section } from '../../parts/section.tsx'
import { NewRepositoryForm } from '../repositories/new-repository-form.tsx'
import { RecoveryKey } from '../repositories/recovery-key.tsx'
import classes from './repository-step.module.css'

interface RepositoryStepProps {
  readonly repositories: readonly RepositoryListing[]
  readonly onCreated: (created: CreatedRepository) => void
  readonly onNext: () => void
}

/** Where backups are kept. */
export function RepositoryStep({ repositories, onCreated, onNext }: RepositoryStepProps) {
  const t = useMessages().welcome
  if (repositories.length === 0) {
    return (
      <Section title={t.repositoryTitle} lead={t.repositoryLead}>
        <NewRepositoryForm onCreated={onCreated} />
        <Text size="sm" mt="lg">
          <Anchor
            inherit
            renderRoot={props => (
              <Link to="/repositories/new" search={{ how: 'open' }} {...props} />
            )}
          >
            {t.openInstead}
          </Anchor>
        </Text>
      </Section>
    )
  }
  return (
    <Section title={t.repositoryThere} lead={t.repositoryThereLead}>
      <List size="sm" mb="md">
        {repositories.map(({ id, name, place }) => (
          <List.Item key={id} className={classes.place}>
            <b>{name}</b>: {place}
          </List.Item>
        ))}
      </List>
      <Group>
        <Button onClick={onNext}>{t.toDatabase}</Button>
      </Group>
    </Section>
  )
}

interface KeyStepProps {
  readonly created: CreatedRepository
  readonly onConfirmed: () => void
}

/** The key of the repository that was just made. */
export function KeyStep({ created, onConfirmed }: KeyStepProps) {
  const t = useMessages().welcome
  const queries = useQueryClient()
  const confirm = async () => {
    await queries.invalidateQueries({ queryKey: ['repositories'] })
    onConfirmed()
  }
  return (
    <Section title={t.keyTitle} lead={t.keyLead(created.repository.name)}>
      <RecoveryKey created={created} onConfirmed={() => void confirm()} />
    </Section>
  )
}
