import {
  Button,
  Card,
  Group,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconDatabase } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { SourceListing } from '../../../../src/client/index.ts'
import { backupQuery, sourcesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Section } from '../../parts/section.tsx'
import { BackupOptions } from './backup-options.tsx'
import type { RestoreSearch } from './choice.ts'
import { UploadForm } from './upload-form.tsx'

interface ChooseBackupProps {
  readonly search: RestoreSearch
  readonly onGo: (change: RestoreSearch, replace?: boolean) => void
}

/** The first step: which backup, or which file. */
export function ChooseBackup(props: ChooseBackupProps) {
  const t = useMessages().restore
  const query = useQuery(sourcesQuery)
  return (
    <Section title={t.whichBackup}>
      <Answer query={query} lines={6}>
        {({ sources }) =>
          sources.length === 0 ? <NoSource /> : <Chooser {...props} sources={sources} />
        }
      </Answer>
    </Section>
  )
}

function NoSource() {
  const t = useMessages().restore
  return (
    <Empty
      icon={IconDatabase}
      title={t.noSource}
      action={
        <Button renderRoot={props => <Link to="/sources/new" {...props} />}>{t.addSource}</Button>
      }
    >
      {t.noSourceText}
    </Empty>
  )
}

interface ChooserProps extends ChooseBackupProps {
  readonly sources: readonly SourceListing[]
}

function Chooser({ search, onGo, sources }: ChooserProps) {
  const t = useMessages().restore
  const [from, setFrom] = useState<'backups' | 'file'>('backups')
  const source = useSource(search, sources, onGo)
  return (
    <Stack>
      <SegmentedControl
        transitionDuration={0}
        aria-label={t.from}
        value={from}
        onChange={setFrom}
        data={[
          { value: 'backups', label: t.fromBackups },
          { value: 'file', label: t.fromFile },
        ]}
        maw={360}
      />
      {from === 'file' ? (
        <UploadForm
          sources={sources}
          source={source?.id}
          onDone={({ id, repository, of }) => {
            onGo({ source: of, backup: id, repository: repository.id }, true)
            setFrom('backups')
          }}
        />
      ) : (
        <FromBackups search={search} onGo={onGo} sources={sources} source={source} />
      )}
    </Stack>
  )
}

/** The source that is chosen: by the address, by its backup, or because there is no other one. */
function useSource(
  { source: wanted, backup, repository }: RestoreSearch,
  sources: readonly SourceListing[],
  onGo: ChooseBackupProps['onGo'],
): SourceListing | undefined {
  const { data } = useQuery({
    ...backupQuery(backup ?? '', repository),
    enabled: backup !== undefined && wanted === undefined,
  })
  const [only, ...others] = sources
  const known =
    backup === undefined ? (others.length === 0 ? only?.id : undefined) : data?.source?.id
  const found = sources.find(({ id, name }) => id === wanted || name === wanted)
  const missing = wanted === undefined ? known : undefined
  useEffect(() => {
    if (missing !== undefined) onGo({ source: missing }, true)
  }, [missing, onGo])
  return found
}

interface FromBackupsProps extends ChooserProps {
  readonly source: SourceListing | undefined
}

function FromBackups({ search, onGo, sources, source }: FromBackupsProps) {
  const t = useMessages().restore
  const { source: word } = useMessages().common
  const [asOf, setAsOf] = useState('')
  const { data: chosen } = useQuery({
    ...backupQuery(search.backup ?? '', search.repository),
    enabled: search.backup !== undefined,
  })
  const isOrphan = chosen !== undefined && chosen.source === null
  return (
    <>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <Select
          label={word}
          description={t.sourceHint}
          placeholder={t.pickSource}
          data={sources.map(({ id, name }) => ({ value: id, label: name }))}
          value={source?.id ?? null}
          onChange={id => {
            if (id === null) return
            // Of another source, it is another backup; one of no source at all stays.
            const other = isOrphan ? {} : { backup: '', repository: '' }
            onGo({ source: id, database: '', ...other }, true)
          }}
          allowDeselect={false}
          searchable
        />
        <TextInput
          type="datetime-local"
          label={t.asOf}
          description={t.asOfHint}
          value={asOf}
          onChange={event => setAsOf(event.currentTarget.value)}
        />
      </Group>
      {isOrphan && (
        <Text size="sm" role="status">
          {t.orphan(chosen.sourceLabel)}
        </Text>
      )}
      {source === undefined ? (
        <Card>
          <Empty icon={IconDatabase} title={t.pickSource}>
            {t.pickSourceText}
          </Empty>
        </Card>
      ) : (
        <BackupOptions
          key={source.id}
          source={source}
          asOf={asOf}
          chosen={chosen}
          onNext={({ id, repository }) =>
            onGo({ source: source.id, backup: id, repository: repository.id, step: 'target' })
          }
        />
      )}
    </>
  )
}
