import { Anchor, Button, Card, Text } from '@mantine/core'
import { IconAlertTriangle, IconAnchor, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { RepositoryList } from '../../../../src/client/index.ts'
import { OnlyFor } from '../../app/session.tsx'
import { repositoriesQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Listing } from '../../parts/listing.tsx'
import { Page } from '../../parts/page.tsx'
import { ToneBadge } from '../../parts/state-badge.tsx'
import classes from './repositories.module.css'

type Listed = RepositoryList['repositories'][number]

/** Where backups are kept. */
export function RepositoriesPage() {
  const t = useMessages().repositories
  const query = useQuery(repositoriesQuery)
  const isEmpty = query.data?.repositories.length === 0
  return (
    <Page title={t.title} lead={t.lead} actions={isEmpty ? undefined : <AddRepository />}>
      <Answer query={query} lines={8}>
        {({ repositories }) => (
          <Card component="section" aria-label={t.title}>
            {repositories.length === 0 ? (
              <Empty icon={IconAnchor} title={t.none} action={<AddRepository />}>
                {t.noneText}
              </Empty>
            ) : (
              <List repositories={repositories} />
            )}
          </Card>
        )}
      </Answer>
    </Page>
  )
}

function AddRepository() {
  const t = useMessages().repositories
  return (
    <OnlyFor role="admin">
      <Button
        leftSection={<IconPlus size={16} aria-hidden />}
        renderRoot={props => <Link to="/repositories/new" {...props} />}
      >
        {t.add}
      </Button>
    </OnlyFor>
  )
}

function List({ repositories }: { readonly repositories: readonly Listed[] }) {
  const t = useMessages().repositories
  const { schedules } = useMessages().common
  const format = useFormat()
  return (
    <Listing
      label={t.title}
      rows={repositories}
      keyOf={({ id }) => id}
      head={{ name: t.repository, renderCell: one => <NameAndPlace repository={one} /> }}
      columns={[
        { name: t.backups, isNumber: true, renderCell: one => format.number(one.backups) },
        { name: t.usedShort, isNumber: true, renderCell: one => <Used repository={one} /> },
        { name: t.dataShort, isNumber: true, renderCell: one => format.bytes(one.dumpBytes) },
        {
          name: t.ratio,
          isNumber: true,
          renderCell: one => ratioText(one, format.ratio.bind(format)),
        },
        { name: t.lastBackup, renderCell: one => <Ago time={one.lastBackupAt} /> },
        { name: schedules, isNumber: true, renderCell: one => format.number(one.schedules) },
      ]}
    />
  )
}

const ratioText = ({ dumpBytes, usedBytes }: Listed, write: (ratio: number) => string): string =>
  usedBytes && dumpBytes > 0 ? write(dumpBytes / usedBytes) : '–'

function Used({ repository: { usedBytes } }: { readonly repository: Listed }) {
  const t = useMessages().repositories
  const format = useFormat()
  if (usedBytes !== null) return format.bytes(usedBytes)
  return (
    <Text span inherit c="dimmed">
      {t.unmeasured}
    </Text>
  )
}

function NameAndPlace({ repository }: { readonly repository: Listed }) {
  const t = useMessages().repositories.outOfReach
  const { id, name, place, unreachable } = repository
  return (
    <div className={classes.naming}>
      <Anchor
        inherit
        fw={600}
        c="inherit"
        renderRoot={props => (
          <Link to="/repositories/$repository" params={{ repository: id }} {...props} />
        )}
      >
        {name}
      </Anchor>
      <Text size="xs" c="dimmed" truncate title={place}>
        {place}
      </Text>
      {unreachable !== null && (
        <ToneBadge icon={IconAlertTriangle} tone="bad" size="sm">
          {t.sign}
        </ToneBadge>
      )}
    </div>
  )
}
