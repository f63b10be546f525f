import { ActionIcon, Button, Card, Group, Stack, Tooltip } from '@mantine/core'
import { IconArrowsDiff, IconArrowsUpDown } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { backupQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Empty } from '../../parts/empty.tsx'
import { Page } from '../../parts/page.tsx'
import { BackupPicker } from './backup-picker.tsx'
import { ComparisonOf } from './comparison.tsx'

/** What changed from one backup to another. */
export function ComparePage() {
  const t = useMessages().backups
  const search = useSearch({ from: '/inside/compare' })
  const navigate = useNavigate({ from: '/compare' })
  const { before, beforeRepository, after, afterRepository } = search
  const { data: first } = useQuery({
    ...backupQuery(before ?? '', beforeRepository),
    enabled: before !== undefined,
  })
  const { data: second } = useQuery({
    ...backupQuery(after ?? '', afterRepository),
    enabled: after !== undefined,
  })
  const go = (change: typeof search) =>
    void navigate({ search: old => ({ ...old, ...change }), replace: true })
  const swap = () =>
    go({
      before: after ?? '',
      beforeRepository: afterRepository ?? '',
      after: before ?? '',
      afterRepository: beforeRepository ?? '',
    })
  return (
    <Page title={t.compareTitle} lead={t.compareLead} crumbs={[{ label: t.title, to: '/backups' }]}>
      <Card>
        <Group align="center" wrap="nowrap">
          <Stack flex={1} miw={0}>
            <BackupPicker
              key={`before ${second?.source?.id}`}
              label={t.before}
              value={{ backup: before, repository: beforeRepository }}
              source={second?.source?.id}
              onPick={({ id, repository }) => go({ before: id, beforeRepository: repository.id })}
            />
            <BackupPicker
              key={`after ${first?.source?.id}`}
              label={t.after}
              value={{ backup: after, repository: afterRepository }}
              source={first?.source?.id}
              onPick={({ id, repository }) => go({ after: id, afterRepository: repository.id })}
            />
          </Stack>
          <Tooltip label={t.swap}>
            <ActionIcon size="lg" variant="default" aria-label={t.swap} onClick={swap}>
              <IconArrowsUpDown size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Card>
      {before && after ? (
        <ComparisonOf
          before={{ backup: before, repository: beforeRepository }}
          after={{ backup: after, repository: afterRepository }}
        />
      ) : (
        <Card>
          <Empty
            icon={IconArrowsDiff}
            title={t.pickTwo}
            action={
              <Button variant="default" renderRoot={props => <Link to="/backups" {...props} />}>
                {t.pickTwoAction}
              </Button>
            }
          >
            {t.pickTwoText}
          </Empty>
        </Card>
      )}
    </Page>
  )
}
