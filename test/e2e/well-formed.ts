import { partitionOf } from '../../shared/src/kafka/partition.ts'
import type { RecordedEvent } from './recorder.ts'

/** What is wrong with these events as CloudEvents of their sagas, a line each; `events` must be all that their sagas brought. */
export function wellFormed(events: readonly RecordedEvent[], partitions = 4): string[] {
  const ids = new Set(events.map(event => event.attributes.id))
  const traces = new Map<string, string>()
  return events.flatMap(event => {
    const { attributes: a, sagaId, type, topic, headers } = event
    const service = topic.slice(0, topic.indexOf('.'))
    const [, trace = 'none'] = a.traceparent?.split('-') ?? []
    if (!traces.has(sagaId)) traces.set(sagaId, trace)
    const wrong = (isRight: boolean, what: string) => (isRight ? [] : [`${type} of ${sagaId}: ${what}`])
    const text = (name: string) => headers[name]?.toString()
    return [
      ...wrong(/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(sagaId), 'its key is no UUIDv7'),
      ...wrong(event.fields.orderId === sagaId, `is about ${String(event.fields.orderId)}`),
      ...wrong(event.partition === partitionOf(sagaId, partitions), `is in partition ${event.partition}`),
      ...wrong(text('ce_specversion') === '1.0', `has specversion ${text('ce_specversion')}`),
      ...wrong(a.source === `/${service}`, `has source ${a.source} on ${topic}`),
      ...wrong(a.type === `shop.${service}.${type}`, `has type ${a.type}`),
      ...wrong(
        a.subject === sagaId && a.correlationId === sagaId,
        `has subject ${a.subject}, correlation ${a.correlationId}`,
      ),
      ...wrong(
        a.time !== undefined && Math.abs(Date.now() - a.time.getTime()) < 3_600_000,
        `has time ${String(a.time)}`,
      ),
      ...wrong(/^[0-9a-f-]{36}\/\w+\/(action|compensation)$/.test(a.id ?? ''), `has id ${a.id}`),
      ...wrong(a.id?.startsWith(`${sagaId}/`) ?? false, `has id ${a.id}`),
      ...wrong(isCause(a.causationId, service, sagaId, ids), `is caused by ${a.causationId}`),
      ...wrong(
        text('content-type') === 'application/vnd.apache.avro+confluent',
        `has content-type ${text('content-type')}`,
      ),
      ...wrong(trace === traces.get(sagaId) && trace !== 'none', `has trace ${trace}`),
    ]
  })
}

/** An event of the same saga that was published, a timer of the service or a command to it. */
function isCause(
  id: string | undefined,
  service: string,
  sagaId: string,
  events: ReadonlySet<string | undefined>,
): boolean {
  if (id === undefined) return false
  if (id.startsWith(`${sagaId}/`)) return events.has(id)
  return id.startsWith(`${service}/${sagaId}/`) || id.startsWith(`${service}/POST /orders`)
}
