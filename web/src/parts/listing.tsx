import { Table } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'
import cards from './cards.module.css'
import classes from './listing.module.css'

export interface Column<Row> {
  readonly name: string
  readonly renderCell: (row: Row) => ReactNode
  /** Stands right, so that digits are below each other. */
  readonly isNumber?: boolean
}

interface ListingProps<Row> {
  readonly label: string
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** What each row is called. */
  readonly head: Column<Row>
  readonly columns: readonly Column<Row>[]
  /** What can be done with each. */
  readonly acts?:
    | { readonly name: string; readonly renderCell: (row: Row) => ReactNode }
    | undefined
  /** A table that would be narrower becomes cards; in rem. */
  readonly narrow?: number
}

/** Things of one kind: a table, or cards where there is little room. */
export function Listing<Row>({ narrow = 62, ...listing }: ListingProps<Row>) {
  const isNarrow = useMediaQuery(`(max-width: ${narrow}em)`, undefined, {
    getInitialValueInEffect: false,
  })
  return isNarrow ? <Cards {...listing} /> : <Rows {...listing} />
}

type PartProps<Row> = Omit<ListingProps<Row>, 'narrow'>

function Rows<Row>({ label, rows, keyOf, head, columns, acts }: PartProps<Row>) {
  return (
    <Table.ScrollContainer minWidth={560} type="native">
      <Table className={classes.table} aria-label={label} highlightOnHover horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head.name}</Table.Th>
            {columns.map(({ name, isNumber }) => (
              <Table.Th key={name} className={isNumber ? classes.number : undefined}>
                {name}
              </Table.Th>
            ))}
            {acts && <Table.Th className={classes.acts}>{acts.name}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(row => (
            <Table.Tr key={keyOf(row)}>
              <Table.Th scope="row" fw={400} className={classes.head}>
                {head.renderCell(row)}
              </Table.Th>
              {columns.map(({ name, renderCell, isNumber }) => (
                <Table.Td key={name} className={isNumber ? classes.number : classes.cell}>
                  {renderCell(row)}
                </Table.Td>
              ))}
              {acts && <Table.Td className={classes.acts}>{acts.renderCell(row)}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Cards<Row>({ label, rows, keyOf, head, columns, acts }: PartProps<Row>) {
  return (
    <ul className={cards.cards} aria-label={label}>
      {rows.map(row => (
        <li key={keyOf(row)} className={cards.card}>
          <div className={classes.title}>
            <div className={classes.head}>{head.renderCell(row)}</div>
            {acts?.renderCell(row)}
          </div>
          <dl className={classes.facts}>
            {columns.map(({ name, renderCell }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{renderCell(row)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  )
}
