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
import type { Backup, SourceListing, UnclaimedDatabases } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { backupQuery, sourcesQuery, unclaimedQuery } from '../../data/queries.ts'
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
  const unclaimed = useQuery(unclaimedQuery)
  return (
    <Section title={t.whichBackup}>
      <Answer query={query} lines={6}>
        {({ sources }) => (
          <Answer query={unclaimed} lines={6}>
            {({ databases }) =>
              sources.length + databases.length === 0 ? (
                <NothingYet />
              ) : (
                <Chooser {...props} sources={sources} databases={databases} />
              )
            }
          </Answer>
        )}
      </Answer>
    </Section>
  )
}

function NothingYet() {
  const t = useMessages().restore
  return (
    <Empty
      icon={IconDatabase}
      title={t.nothingYet}
      action={
        <Group>
          <OnlyFor role="admin">
            <Button
              renderRoot={props => (
                <Link to="/repositories/new" search={{ how: 'open' }} {...props} />
              )}
            >
              {t.openRepository}
            </Button>
          </OnlyFor>
          <Button variant="default" renderRoot={props => <Link to="/sources/new" {...props} />}>
            {t.addSource}
          </Button>
        </Group>
      }
    >
      {t.nothingYetText}
    </Empty>
  )
}

interface ChooserProps extends ChooseBackupProps {
  readonly sources: readonly SourceListing[]
  /** Those that are no sources here, and of which there are backups. */
  readonly databases: UnclaimedDatabases['databases']
}

function Chooser(props: ChooserProps) {
  const t = useMessages().restore
  const [from, setFrom] = useState<'backups' | 'file'>('backups')
  const { onGo, sources } = props
  const source = useSource(props)
  // A dump file is one of a source.
  if (sources.length === 0) return <FromBackups {...props} source={undefined} />
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
            onGo({ source: of, label: '', backup: id, repository: repository.id }, true)
            setFrom('backups')
          }}
        />
      ) : (
        <FromBackups {...props} source={source} />
      )}
    </Stack>
  )
}

/** The source that is chosen: by the address, by its backup, or because there is no other one. */
function useSource({ search, sources, databases, onGo }: ChooserProps): SourceListing | undefined {
  const { source: wanted, label, backup, repository } = search
  const isOpen = !wanted && !label
  const { data } = useQuery({
    ...backupQuery(backup ?? '', repository),
    enabled: Boolean(backup) && isOpen,
  })
  const known = backup ? data && ofBackup(data) : ofOnly(sources, databases)
  const { source: missing = '', label: missingLabel = '' } = (isOpen && known) || {}
  useEffect(() => {
    if (missing !== '') onGo({ source: missing }, true)
    else if (missingLabel !== '') onGo({ label: missingLabel }, true)
  }, [missing, missingLabel, onGo])
  return sources.find(({ id, name }) => id === wanted || name === wanted)
}

type Of = Pick<RestoreSearch, 'source' | 'label'>

const ofBackup = ({ source, sourceLabel }: Pick<Backup, 'source' | 'sourceLabel'>): Of =>
  source === null ? { label: sourceLabel } : { source: source.id }

function ofOnly(
  sources: ChooserProps['sources'],
  databases: ChooserProps['databases'],
): Of | undefined {
  const all = [
    ...sources.map(({ id }): Of => ({ source: id })),
    ...databases.map(({ label }): Of => ({ label })),
  ]
  return all.length === 1 ? all[0] : undefined
}

interface FromBackupsProps extends ChooserProps {
  readonly source: SourceListing | undefined
}

function FromBackups({ search, onGo, sources, databases, source }: FromBackupsProps) {
  const t = useMessages().restore
  const { source: word } = useMessages().common
  const [asOf, setAsOf] = useState('')
  const { data: chosen } = useQuery({
    ...backupQuery(search.backup ?? '', search.repository),
    enabled: Boolean(search.backup),
  })
  const isOrphan = chosen !== undefined && chosen.source === null
  const label = source === undefined && search.label ? search.label : undefined
  const of = source ?? (label === undefined ? undefined : { id: label, name: label })
  return (
    <>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <Select
          label={word}
          description={t.sourceHint}
          placeholder={t.pickSource}
          data={choices(sources, databases, { sources: t.sources, unclaimed: t.unclaimed })}
          value={of?.id ?? null}
          onChange={id => {
            if (id === null) return
            const isSource = sources.some(one => one.id === id)
            // Of another source, it is another backup; one of no source at all may use a source's server.
            const other = isOrphan && isSource ? {} : { backup: '', repository: '' }
            const of = isSource ? { source: id, label: '' } : { source: '', label: id }
            onGo({ ...of, database: '', ...other }, true)
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
      {(isOrphan || label !== undefined) && (
        <Text size="sm" role="status">
          {t.orphan(label ?? chosen?.sourceLabel ?? '')}
        </Text>
      )}
      {of === undefined ? (
        <Card>
          <Empty icon={IconDatabase} title={t.pickSource}>
            {t.pickSourceText}
          </Empty>
        </Card>
      ) : (
        <BackupOptions
          key={of.id}
          of={of}
          asOf={asOf}
          chosen={chosen}
          onNext={({ id, repository }) =>
            onGo({ backup: id, repository: repository.id, step: 'target' })
          }
        />
      )}
    </>
  )
}

/** Sources, and apart from them what is none. */
function choices(
  sources: ChooserProps['sources'],
  databases: ChooserProps['databases'],
  words: { readonly sources: string; readonly unclaimed: string },
) {
  const known = sources.map(({ id, name }) => ({ value: id, label: name }))
  if (databases.length === 0) return known
  const others = { group: words.unclaimed, items: databases.map(({ label }) => label) }
  return known.length === 0 ? [others] : [{ group: words.sources, items: known }, others]
}
