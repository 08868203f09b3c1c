import type { Counts } from '../../../src/contract.ts'
import { duration } from '../parts/duration.ts'
import { Moment } from '../parts/moment.tsx'
import { Scroll } from '../parts/scroll.tsx'

/** Buckets in which nothing began and nothing ended are left out. */
export function EndingsTable({ counts: { buckets, bucketMs, endings } }: { counts: Counts }) {
  const busy = buckets.filter(({ began, endings: ended }) => began > 0 || Object.keys(ended).length > 0)
  return (
    <details className="endings-table">
      <summary>As a table</summary>
      <Scroll label="Endings over time">
        <table>
          <caption className="unseen">How sagas ended, in parts of {duration(bucketMs)}</caption>
          <thead>
            <tr>
              <th scope="col">From (UTC)</th>
              <th scope="col" className="number">
                Began
              </th>
              {endings.map(ending => (
                <th key={ending} scope="col" className="number">
                  {ending}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {busy.map(bucket => (
              <tr key={bucket.from}>
                <th scope="row">
                  <Moment at={bucket.from} />
                </th>
                <td className="number">{bucket.began}</td>
                {endings.map(ending => (
                  <td key={ending} className="number">
                    {bucket.endings[ending] ?? 0}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  )
}
