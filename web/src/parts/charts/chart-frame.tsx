import { ActionIcon, Box, Table, Text, Title, Tooltip } from '@mantine/core'
import { IconChartLine, IconTable } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useMessages } from '../../i18n/language.tsx'
import classes from './chart.module.css'
import { ScrollBox } from './scroll-box.tsx'

export interface TableRow {
  readonly key: string
  readonly cells: readonly string[]
}

interface ChartFrameProps {
  readonly title: string
  /** What stands beside the title: the value that is pointed at. */
  readonly value?: ReactNode
  readonly height: number
  /** What is said where there is nothing to draw. */
  readonly empty: string | undefined
  readonly heads: readonly string[]
  readonly rows: () => readonly TableRow[]
  readonly children: ReactNode
}

/** What stands around every chart. Its height is the same drawn, as a table, and empty. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, value, height, empty, heads, rows, children } = props
  const t = useMessages().charts
  const [isTable, setTable] = useState(false)
  const label = isTable ? t.asChart(title) : t.asTable(title)
  return (
    <figure className={classes.frame} aria-label={title}>
      <header className={classes.head}>
        <Box miw={0}>
          <Title order={3}>{title}</Title>
          <Text size="sm" c="dimmed" component="div" className={classes.value}>
            {empty === undefined && value}
          </Text>
        </Box>
        {empty === undefined && (
          <Tooltip label={label}>
            <ActionIcon aria-label={label} onClick={() => setTable(!isTable)}>
              {isTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </header>
      <div className={classes.body} style={{ height }}>
        {empty !== undefined && <p className={classes.empty}>{empty}</p>}
        {empty === undefined && isTable && <ChartTable title={title} heads={heads} rows={rows()} />}
        {empty === undefined && !isTable && children}
      </div>
    </figure>
  )
}

interface ChartTableProps {
  readonly title: string
  readonly heads: readonly string[]
  readonly rows: readonly TableRow[]
}

function ChartTable({ title, heads, rows }: ChartTableProps) {
  return (
    <ScrollBox className={classes.table} label={title}>
      <Table stickyHeader verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, at) => (
              <Table.Th key={head} ta={at === 0 ? undefined : 'right'}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells: [first, ...others] }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" fw={500}>
                {first}
              </Table.Th>
              {others.map((cell, at) => (
                <Table.Td key={heads[at + 1]} ta="right">
                  {cell}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollBox>
  )
}
