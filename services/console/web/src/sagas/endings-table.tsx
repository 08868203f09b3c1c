import type { Counts } from '../../../src/contract.ts'
import { duration } from '../parts/duration.ts'
import { Moment } from '../parts/moment.tsx'
import { type Column, Table } from '../parts/table.tsx'

type Bucket = Counts['buckets'][number]

/** Buckets in which nothing began and nothing ended are left out. */
export function EndingsTable({ counts: { buckets, bucketMs, endings } }: { counts: Counts }) {
  const busy = buckets.filter(({ began, endings: ended }) => began > 0 || Object.keys(ended).length > 0)
  const columns: Column<Bucket>[] = [
    { title: 'From (UTC)', is: 'name', of: ({ from }) => <Moment at={from} /> },
    { title: 'Began', is: 'number', of: ({ began }) => began },
    ...endings.map(
      (ending): Column<Bucket> => ({ title: ending, is: 'number', of: bucket => bucket.endings[ending] ?? 0 }),
    ),
  ]
  return (
    <details className="endings-table">
      <summary>As a table</summary>
      <Table
        label={`How sagas ended, in parts of ${duration(bucketMs)}`}
        columns={columns}
        rows={busy}
        keyOf={({ from }) => from}
      />
    </details>
  )
}
