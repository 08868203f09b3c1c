import type { ObservedEvent, Step } from '../../../../src/contract.ts'
import { Identifier } from '../../parts/identifier.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Moment } from '../../parts/moment.tsx'
import { operationOf } from '../../parts/operation.ts'
import type { Item } from '../lanes/item.ts'
import { causeOf } from '../lanes/lanes.tsx'
import { Bytes } from './bytes.tsx'
import { Headers } from './headers.tsx'

interface EventFactsProps {
  item: Item
  event: ObservedEvent
  step: Step | undefined
  items: Item[]
  onSelect: (key: string) => void
}

/** The event as it was read, down to its bytes. */
export function EventFacts({ item, event, step, items, onSelect }: EventFactsProps) {
  const cause = causeOf(item, items)
  return (
    <>
      <dl className="facts">
        <dt>Type</dt>
        <dd>
          <code>{event.type}</code>
        </dd>
        <dt>Event id</dt>
        <dd>
          <Identifier id={event.id} what="event id" />
        </dd>
        <dt>Published (UTC)</dt>
        <dd>
          <Moment at={event.at} precision="millisecond" />
        </dd>
        <dt>Seen (UTC)</dt>
        <dd>
          <Moment at={event.seenAt} precision="millisecond" />
          {event.copies > 1 && `, ${event.copies} times`}
        </dd>
        <dt>By step</dt>
        <dd>
          <code>{operationOf(event)}</code>
          {step && `: ${step.status}${step.attempts > 1 ? ` after ${step.attempts} tries` : ''}`}
        </dd>
        <dt>Because of</dt>
        <dd>
          {cause ? (
            <button type="button" className="bare" onClick={() => onSelect(cause.key)}>
              {cause.title} of {cause.service}
            </button>
          ) : event.causationId ? (
            <Identifier id={event.causationId} what="causation id" />
          ) : (
            'not told'
          )}
        </dd>
        <dt>Position</dt>
        <dd>
          <code>
            {event.topic} / {event.partition} / {event.offset}
          </code>
        </dd>
        <dt>Trace id</dt>
        <dd>{event.traceId ? <Identifier id={event.traceId} what="trace id" /> : 'none'}</dd>
      </dl>
      <section>
        <h3>Event</h3>
        {event.event === null ? (
          <p className="muted small">It cannot be decoded; its bytes are below.</p>
        ) : (
          <JsonView value={event.event} label="Event" />
        )}
      </section>
      <Headers headers={event.headers} />
      {event.bodyBase64 !== null && <Bytes base64={event.bodyBase64} />}
    </>
  )
}
