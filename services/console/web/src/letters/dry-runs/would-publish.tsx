import type { DryRun } from 'saga-kit/admin'
import { JsonView } from '../../parts/json-view.tsx'
import { Moment } from '../../parts/moment.tsx'
import { shortType } from '../../parts/short-type.ts'

/** The events that would be published and the timers that would be set. */
export const WouldPublish = ({ published, timers }: Pick<DryRun, 'published' | 'timers'>) => (
  <section>
    <h4>Events</h4>
    {published.length === 0 && <p className="muted small">None would be published.</p>}
    {published.map(({ id, type, topic, event }) => (
      <details key={id} open>
        <summary className="small">
          <ins className="would-publish">+ {shortType(type)}</ins> <span className="muted">on {topic}</span>
        </summary>
        <JsonView value={event} label={type} />
      </details>
    ))}
    {timers.map(({ type, dueAt }) => (
      <p key={type} className="small">
        <ins className="would-publish">+ timer {type}</ins> {dueAt === null ? 'cancelled' : <Moment at={dueAt} />}
      </p>
    ))}
  </section>
)
