import { Anchor, Group, Table, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Run } from '../../../../src/client/index.ts'
import { sourceRunsQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Empty } from '../../parts/empty.tsx'
import { FaultLine } from '../../parts/fault-text.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'

const SHOWN = 12

/** What was done with a source last. */
export function SourceRuns({ source }: { readonly source: string }) {
  const t = useMessages()
  const runs = useQuery(sourceRunsQuery(source, SHOWN))
  return (
    <Answer query={runs}>
      {({ runs: found }) =>
        found.length === 0 ? (
          <Empty icon={IconHistory} title={t.sources.noRuns}>
            {t.sources.noRunsText}
          </Empty>
        ) : (
          <>
            <Table.ScrollContainer minWidth={560} type="native">
              <Table aria-label={t.sources.tabs.runs}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t.sources.kind}</Table.Th>
                    <Table.Th>{t.common.state}</Table.Th>
                    <Table.Th>{t.sources.by}</Table.Th>
                    <Table.Th>{t.sources.started}</Table.Th>
                    <Table.Th ta="right">{t.sources.took}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map(run => (
                    <RunRow key={run.id} run={run} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
            <Group mt="sm">
              <Anchor
                size="sm"
                renderRoot={props => <Link to="/runs" search={{ source }} {...props} />}
              >
                {t.sources.allRuns}
              </Anchor>
            </Group>
          </>
        )
      }
    </Answer>
  )
}

function RunRow({ run }: { readonly run: Run }) {
  const t = useMessages()
  const format = useFormat()
  const { startedAt, finishedAt } = run
  const seconds =
    startedAt === null || finishedAt === null
      ? undefined
      : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        <Anchor
          inherit
          renderRoot={props => <Link to="/runs/$run" params={{ run: run.id }} {...props} />}
        >
          {t.states.kind[run.kind]}
        </Anchor>
        {run.failure !== null && (
          <Text size="xs" c="dimmed" lineClamp={2} maw={360}>
            <FaultLine error={run.failure} />
          </Text>
        )}
      </Table.Th>
      <Table.Td>
        <StateBadge run={run} />
      </Table.Td>
      <Table.Td>{t.states.trigger[run.trigger]}</Table.Td>
      <Table.Td>
        <Ago time={run.queuedAt} />
      </Table.Td>
      <Table.Td ta="right">
        {seconds === undefined ? t.units.none : format.duration(seconds)}
      </Table.Td>
    </Table.Tr>
  )
}
