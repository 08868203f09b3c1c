import type { ReactNode } from 'react'
import { Scroll } from './scroll.tsx'

export interface Column<Row> {
  readonly title: ReactNode
  readonly of: (row: Row) => ReactNode
  /** A number stands at the right; a name is what the row is about, which screen readers say with each cell. */
  readonly is?: 'number' | 'name'
  readonly className?: string
}

interface TableProps<Row> {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  className?: string
}

/** A table that scrolls within the page where it is wider. */
export const Table = <Row,>({ label, columns, rows, keyOf, className }: TableProps<Row>) => (
  <Scroll label={label}>
    <table className={className}>
      <thead>
        <tr>
          {columns.map((column, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
            <th key={at} scope="col" className={classOf(column)}>
              {column.title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={keyOf(row)}>
            {columns.map((column, at) => {
              const Cell = column.is === 'name' ? 'th' : 'td'
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place
                <Cell key={at} scope={column.is === 'name' ? 'row' : undefined} className={classOf(column)}>
                  {column.of(row)}
                </Cell>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
)

const classOf = ({ is, className }: Pick<Column<unknown>, 'is' | 'className'>) =>
  [is === 'number' && 'number', className].filter(Boolean).join(' ') || undefined
