import { Anchor, Group, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { type ComponentType, memo } from 'react'
import { useMay } from '../../app/session.tsx'
import { useMessages } from '../../i18n/language.tsx'
import { Ago } from '../../parts/ago.tsx'
import cards from '../../parts/cards.module.css'
import { Strip } from '../../parts/charts/strip.tsx'
import classes from './source.module.css'
import { SourceAge } from './source-age.tsx'
import { RunLine, useRunsBySource } from './source-live.tsx'
import type { SourceLine } from './source-need.ts'
import { BackUpNow } from './source-start.tsx'
import { VerdictBadge } from './source-verdict.tsx'

export interface Selection {
  readonly chosen: ReadonlySet<string>
  readonly choose: (ids: readonly string[], isChosen: boolean) => void
  /** The box that chooses; only pages where one can choose bring it along. */
  readonly Box: ComponentType<ChoiceBoxProps>
}

export interface ChoiceBoxProps {
  readonly label: string
  readonly isChosen: boolean
  readonly isPartly?: boolean
  readonly onChange: (isChosen: boolean) => void
}

interface SourceTableProps {
  readonly label: string
  readonly lines: readonly SourceLine[]
  readonly firstDay: string
  /** Where several can be chosen. */
  readonly selection?: Selection | undefined
}

/** Sources with how they stand: a table, or cards where there is little room. */
export function SourceTable({ label, lines, firstDay, selection }: SourceTableProps) {
  const t = useMessages().sources
  const mayAct = useMay('operator')
  const runs = useRunsBySource()
  const isNarrow = useMediaQuery('(max-width: 62em)', undefined, { getInitialValueInEffect: false })
  // Who may only look sees what is at work.
  const hasAct = mayAct || lines.some(({ id }) => runs.has(id))
  const rows = lines.map(line => {
    const run = runs.get(line.id)
    return {
      line,
      firstDay,
      hasAct,
      run: run?.id,
      isChosen: selection?.chosen.has(line.id) ?? false,
      choose: mayAct ? selection?.choose : undefined,
      Box: selection?.Box,
    }
  })
  if (isNarrow) {
    return (
      <ul className={cards.cards} aria-label={label}>
        {rows.map(row => (
          <SourceCard key={row.line.id} {...row} />
        ))}
      </ul>
    )
  }
  const all = lines.map(({ id }) => id)
  const chosen = all.filter(id => selection?.chosen.has(id)).length
  return (
    <Table.ScrollContainer minWidth={860} type="native">
      <Table aria-label={label} highlightOnHover horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {selection !== undefined && mayAct && (
              <Table.Th w={40}>
                <selection.Box
                  label={t.chooseAll}
                  isChosen={chosen > 0 && chosen === all.length}
                  isPartly={chosen > 0 && chosen < all.length}
                  onChange={isChosen => selection.choose(all, isChosen)}
                />
              </Table.Th>
            )}
            <Table.Th>{t.source}</Table.Th>
            <Table.Th>{t.lastGood}</Table.Th>
            <Table.Th>{t.lastProof}</Table.Th>
            <Table.Th>{t.nextRun}</Table.Th>
            <Table.Th>{t.lastDays}</Table.Th>
            {hasAct && <Table.Th>{t.action}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => (
            <SourceRow key={row.line.id} {...row} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface SourceRowProps {
  readonly line: SourceLine
  readonly firstDay: string
  readonly hasAct: boolean
  readonly run: string | undefined
  readonly isChosen: boolean
  readonly choose: Selection['choose'] | undefined
  readonly Box: Selection['Box'] | undefined
}

const SourceRow = memo(function SourceRow(props: SourceRowProps) {
  const { line, firstDay, hasAct, choose } = props
  return (
    <Table.Tr>
      {choose && (
        <Table.Td>
          <Choose {...props} />
        </Table.Td>
      )}
      <Table.Th scope="row" fw={400} className={classes.named}>
        <SourceName line={line} />
      </Table.Th>
      <Table.Td>
        <SourceAge line={line} />
      </Table.Td>
      <Table.Td>
        <Ago time={line.lastProofAt} />
      </Table.Td>
      <Table.Td>
        <NextRun line={line} />
      </Table.Td>
      <Table.Td className={classes.strip}>
        <Strip strip={line.strip} firstDay={firstDay} name={line.name} />
      </Table.Td>
      {hasAct && (
        <Table.Td className={classes.act}>
          <Act {...props} />
        </Table.Td>
      )}
    </Table.Tr>
  )
})

const SourceCard = memo(function SourceCard(props: SourceRowProps) {
  const { line, firstDay, choose } = props
  const t = useMessages().sources
  return (
    <li className={cards.card}>
      <Group wrap="nowrap" align="flex-start">
        {choose && <Choose {...props} />}
        <SourceName line={line} />
      </Group>
      <Strip strip={line.strip} firstDay={firstDay} name={line.name} />
      <dl className={classes.facts}>
        <div>
          <dt>{t.lastGood}</dt>
          <dd>
            <SourceAge line={line} />
          </dd>
        </div>
        <div>
          <dt>{t.lastProof}</dt>
          <dd>
            <Ago time={line.lastProofAt} />
          </dd>
        </div>
        <div>
          <dt>{t.nextRun}</dt>
          <dd>
            <NextRun line={line} />
          </dd>
        </div>
      </dl>
      <Act {...props} />
    </li>
  )
})

function Choose({ line, isChosen, choose, Box }: SourceRowProps) {
  const t = useMessages().sources
  if (Box === undefined) return null
  return (
    <Box
      label={t.choose(line.name)}
      isChosen={isChosen}
      onChange={wanted => choose?.([line.id], wanted)}
    />
  )
}

function SourceName({ line }: Pick<SourceRowProps, 'line'>) {
  return (
    <div className={classes.naming}>
      <Anchor
        className={classes.name}
        c="inherit"
        renderRoot={props => <Link to="/sources/$source" params={{ source: line.id }} {...props} />}
      >
        {line.name}
      </Anchor>
      <Text size="xs" c="dimmed" truncate title={line.label} className={classes.label} mb={6}>
        {line.label}
      </Text>
      <VerdictBadge line={line} />
    </div>
  )
}

function NextRun({ line }: Pick<SourceRowProps, 'line'>) {
  const t = useMessages().sources
  return <Ago time={line.nextRunAt} never={t.noNextRun} />
}

/** What is at work on it; or the button that backs it up. */
const Act = ({ line, run }: Pick<SourceRowProps, 'line' | 'run'>) =>
  run === undefined ? <BackUpNow source={line} /> : <RunLine run={run} />
