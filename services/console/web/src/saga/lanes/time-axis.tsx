import { duration } from '../../parts/duration.ts'
import { Moment } from '../../parts/moment.tsx'
import type { Item } from './item.ts'
import { isBreak, type Placed } from './place.ts'

/** The time of each row, and how long it was after the one above. Screen readers hear the times with the items. */
export const TimeAxis = ({ placed }: { placed: readonly Placed[] }) => (
  <div className="axis" aria-hidden="true">
    {placed.map(({ item, top, sinceMs }) => (
      <div key={item.key} className={isBreak(sinceMs) ? 'axis-row axis-break' : 'axis-row'} style={{ top }}>
        {item.atMs === null ? (
          <ToCome item={item} />
        ) : (
          <span className="axis-time">
            <Moment at={new Date(item.atMs).toISOString()} precision="time" />
          </span>
        )}
        {sinceMs !== null && <span className="axis-since">+{duration(sinceMs)}</span>}
      </div>
    ))}
  </div>
)

/** What is awaited has no time, but perhaps a deadline. */
function ToCome({ item: { subject } }: { item: Item }) {
  const by = subject.kind === 'awaited' ? subject.awaited.by : null
  return (
    <>
      <span className="axis-time">to come</span>
      {by !== null && (
        <span className="axis-since">
          by <Moment at={by} precision="clock" />
        </span>
      )}
    </>
  )
}
