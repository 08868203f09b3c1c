import { describe, expect, test } from 'vitest'
import type { Decided, StepOutcome } from '../core/decision.ts'
import { writeHeaders } from '../kafka/cloudevents.ts'
import type { OutboundRecord } from '../kafka/publish.ts'
import { eventSpanId } from './span-ids.ts'
import { sendSpan, stepSpan } from './spans.ts'

const sagaId = '01a204a3-cb97-788a-97ba-3f9f85b0cacd'
const ownTrace = sagaId.replaceAll('-', '')
const context = {
  service: 'inventory',
  group: 'dev.inventory',
  topicPrefix: 'dev.',
  partitionOf: () => 3,
  keeps: () => true,
}
const placed = `${sagaId}/place_order/action`
const traceparent = `00-${ownTrace}-${eventSpanId(placed)}-01`

const decided = (outcome: StepOutcome, o: object = {}): Decided =>
  ({
    outcome,
    delivery: {
      ...{ id: placed, sagaId, traceparent, origin: { source: 'kafka' } },
      reaction: {
        ...{ step: 'reserve_stock', direction: 'action' },
        trigger: { kind: 'event', type: 'OrderPlaced', schema: { topic: 'order.events.v1' } },
      },
    },
    ...o,
  }) as unknown as Decided
const command = (traceparent?: string) => ({
  delivery: {
    ...{ id: 'order/POST /orders/anonymous/a-key', sagaId, traceparent, origin: { source: 'command' } },
    reaction: { step: 'place_order', direction: 'action', trigger: { kind: 'command', type: 'PlaceOrder' } },
  },
})
const step = (of: Decided) => stepSpan(context, of, 1_000, 1_005)!

function published(eventId: string, causationId: string, service: string): OutboundRecord {
  const meta = { id: eventId, sagaId, causationId, service, type: 'T', time: new Date(1_004) }
  const headers = writeHeaders({ ...meta, traceparent: `00-${ownTrace}-${eventSpanId(eventId)}-01` })
  return { id: '1/0', topic: 'dev.t', partition: 3, key: sagaId, value: Buffer.alloc(9), headers, deadlineMs: 0 }
}

describe('a step', () => {
  test('is named and attributed as the conventions say', () =>
    expect(step(decided('succeeded'))).toMatchObject({
      ...{ name: 'process dev.order.events.v1', kind: 'consumer', startMs: 1_000, endMs: 1_005 },
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'dev.order.events.v1',
        'messaging.destination.partition.id': '3',
        'messaging.consumer.group.name': 'dev.inventory',
        'messaging.message.id': placed,
        'messaging.message.conversation_id': sagaId,
        'saga.step': 'reserve_stock',
        'saga.outcome': 'succeeded',
      },
    }))

  test('comes from the event that it reacts to, and its own event from it, whoever publishes that', () => {
    const spans = [
      stepSpan({ ...context, service: 'order' }, decided('accepted', command()), 1_000, 1_005)!,
      sendSpan(
        { ...context, service: 'order' },
        published(placed, 'order/POST /orders/anonymous/a-key', 'order'),
        1_010,
      )!,
      step(decided('succeeded')),
      sendSpan(context, published(`${sagaId}/reserve_stock/action`, placed, 'inventory'), 1_020)!,
    ]
    expect(spans.map(({ parentSpanId }) => parentSpanId)).toEqual([
      undefined,
      ...spans.slice(0, -1).map(({ spanId }) => spanId),
    ])
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([ownTrace]))
    expect(spans[3]).toMatchObject({ name: 'send dev.t', kind: 'producer', startMs: 1_004, endMs: 1_020 })
  })

  test('that failed says so, and each try has a span of its own', () => {
    const dead = decided('dead', { code: 'handler-threw', error: new Error('no'), attempts: 5 })
    expect(step(dead)).toMatchObject({ error: 'no', attributes: { 'error.type': 'handler-threw', 'saga.attempts': 5 } })
    expect(step(dead).spanId).not.toBe(step(dead).spanId)
    expect(step(decided('rejected', { code: 'insufficient-stock' })).error).toBeUndefined()
  })

  test('goes on in the trace of the caller', () =>
    expect(step(decided('accepted', command(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`)))).toMatchObject({
      ...{ traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), kind: 'server', name: 'place_order' },
    }))

  test('of a trace that is not kept makes no span, nor does its event', () => {
    const asked: string[] = []
    const none = { ...context, keeps: (traceId: string) => asked.push(traceId) < 0 }
    expect(stepSpan(none, decided('succeeded'), 0, 1)).toBeUndefined()
    expect(sendSpan(none, published(placed, 'x', 'order'), 1)).toBeUndefined()
    expect(asked).toEqual([ownTrace, ownTrace])
  })

  test.each([
    ['whose caller wants no trace', decided('accepted', command(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`))],
    ['that is no longer due', decided('gone')],
    ['that has no saga', decided('accepted', { delivery: { ...command().delivery, sagaId: '' } })],
  ])('%s has none', (_, of) => expect(stepSpan(context, of, 0, 1)).toBeUndefined())
})

test('a letter is sent, and no step of the saga', () => {
  const letter = published(placed, 'x', 'order')
  expect(sendSpan(context, { ...letter, headers: { ...letter.headers, 'dlq-id': placed } }, 1)).toBeUndefined()
})
