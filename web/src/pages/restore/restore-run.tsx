import { Alert, Anchor, Card, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCircleDashed, IconPlayerPlay, IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import type { Run } from '../../../../src/client/index.ts'
import { backupQuery, runQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useLiveRun } from '../../live/live.tsx'
import { isOver } from '../../live/live-store.ts'
import { Answer } from '../../parts/answer.tsx'
import { Page } from '../../parts/page.tsx'
import { RunControls } from '../../parts/run-controls.tsx'
import { RunProgress } from '../../parts/run-progress.tsx'
import { StateBadge, type Tone } from '../../parts/state-badge.tsx'
import { databaseOf } from './choice.ts'
import { Done } from './done.tsx'
import { Failed } from './failed.tsx'
import classes from './restore.module.css'

/** A restore from its beginning to its end; it goes on, whoever looks. */
export function RestoreRun({ id }: { readonly id: string }) {
  const t = useMessages().restore
  const query = useQuery(runQuery(id))
  const run = query.data?.run
  return (
    <Page
      title={run ? t.runTitle(databaseOf(run.request.target ?? '')) : t.title}
      crumbs={[{ label: t.title, to: '/restore' }]}
      badge={run && <StateBadge run={run} />}
      lead={run && <Lead run={run} />}
    >
      <Answer query={query} lines={6}>
        {data => <Going run={data.run} />}
      </Answer>
    </Page>
  )
}

interface OfRun {
  readonly run: Run
}

function Lead({ run }: OfRun) {
  const t = useMessages().restore
  const format = useFormat()
  const { backup = '' } = run.request
  const isId = /^[0-9a-f]{8,}$/.test(backup)
  const { data } = useQuery({ ...backupQuery(backup, run.repositoryId), enabled: isId })
  const source = run.source ?? data?.sourceLabel ?? t.unknownBackup
  return data ? t.runLead(source, format.dateTime(data.finishedAt)) : source
}

function Going({ run }: OfRun) {
  const navigate = useNavigate({ from: '/restore' })
  const live = useLiveRun(run.id)
  const toRun = (other: Run) => void navigate({ search: { run: other.id } })
  if (run.state === 'completed') return <Done run={run} />
  if (isOver(run)) return <Failed run={run} onRepeat={toRun} />
  // What the server told last is newer than what was asked for; of one that is over, more is on its way.
  return <AtWork run={live === undefined ? run : { ...run, ...live, warnings: run.warnings }} />
}

function AtWork({ run }: OfRun) {
  const t = useMessages().restore
  const database = databaseOf(run.request.target ?? '')
  const soFar = run.request.replace ? t.untouchedSoFar(database) : t.untouchedNewSoFar
  const isSwapping = run.committing || run.progress?.stage === 'swapping'
  return (
    <Card>
      <Stack>
        <RunProgress run={run} size="lg" />
        <Stages run={run} />
        <Alert
          color={isSwapping ? 'orange' : 'kelp'}
          icon={<IconShieldCheck />}
          role="status"
          py="xs"
        >
          {isSwapping ? t.almost : soFar}
        </Alert>
        <Group justify="space-between" align="flex-end">
          <Text size="sm" c="dimmed" component="div">
            {t.leave}{' '}
            <Anchor
              size="sm"
              underline="always"
              renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
            >
              {t.asRun}
            </Anchor>
          </Text>
          <Group gap="xs">
            <RunControls run={run} />
          </Group>
        </Group>
      </Stack>
    </Card>
  )
}

const STAGES = ['preparing', 'loading', 'indexing', 'verifying', 'swapping']

function Stages({ run }: OfRun) {
  const t = useMessages().restore
  const names = useMessages().states.stage
  const now = run.state === 'running' ? (run.progress?.stage ?? '') : ''
  const at = STAGES.indexOf(now)
  return (
    <ol className={classes.stages} aria-label={t.stages}>
      {STAGES.map((stage, index) => {
        const is = index < at ? 'Done' : index === at ? 'Now' : 'Ahead'
        const { icon: Icon, tone } = SIGNS[is]
        return (
          <li key={stage} className={classes.stage} data-tone={tone}>
            <Icon size={16} aria-hidden />
            {names[stage]} ({t[`stage${is}`]})
          </li>
        )
      })}
    </ol>
  )
}

const SIGNS = {
  Done: { icon: IconCheck, tone: 'good' },
  Now: { icon: IconPlayerPlay, tone: 'busy' },
  Ahead: { icon: IconCircleDashed, tone: 'muted' },
} as const satisfies Record<string, { icon: unknown; tone: Tone }>
