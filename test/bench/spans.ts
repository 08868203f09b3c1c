/**
 * CPU us that traces cost a saga: 7 steps and 6 events as spans, sent to a collector in a process of its own. Without
 * brokers and databases: beside their noise it is hard to see.
 *
 *   node test/bench/spans.ts
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Decided } from '../../shared/src/core/decision.ts'
import { writeHeaders } from '../../shared/src/kafka/cloudevents.ts'
import type { OutboundRecord } from '../../shared/src/kafka/publish.ts'
import { createLog } from '../../shared/src/runtime/logs.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import { eventSpanId, traceIdOf } from '../../shared/src/tracing/span-ids.ts'
import { startTracing } from '../../shared/src/tracing/start-tracing.ts'

const sagas = 5_000
/** In one go, as a transaction ends. */
const together = 50
/** Slowly enough that nothing is dropped. */
const everyMs = 20
const [steps, events] = [7, 6]

/** A collector that does not look at what it gets. */
const program = `require('node:http').createServer((q, r) => { q.resume(); q.on('end', () => r.end()) })
  .listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
const collector = spawn(process.execPath, ['--eval', program], { stdio: ['pipe', 'pipe', 'inherit'] })
const [port] = (await once(collector.stdout, 'data')).map(String)

const tracing = (await startTracing({
  ...{ service: 'order', log: createLog({ service: 'order', level: 'warn' }), partitionOf: () => 3 },
  kit: { otlpEndpoint: `http://127.0.0.1:${port!.trim()}`, tracedShare: 1, topicPrefix: '' } as never,
}))!

/** @param tell whether they are told to the tracing, or only made */
async function cpuMicrosOf(tell: boolean): Promise<number> {
  const before = process.cpuUsage()
  for (let n = 0; n < sagas; n += together) {
    for (const { decided, records } of Array.from({ length: together }, oneSaga)) {
      if (!tell) continue
      for (const each of decided) tracing.ended(each, performance.now())
      tracing.sent(records)
    }
    await sleep(everyMs)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / sagas
}

for (const round of ['warming up', 'first', 'second', 'third']) {
  const [made, told] = [await cpuMicrosOf(false), await cpuMicrosOf(true)]
  console.log(`${round}: ${(told - made).toFixed(0)} us a saga (${steps} steps, ${events} events)`)
}
await tracing.stop(10_000)
collector.kill()

function oneSaga(): { decided: Decided[]; records: OutboundRecord[] } {
  const sagaId = newSagaId()
  const id = (n: number) => `${sagaId}/step_${n}/action`
  const traceparent = (n: number) => `00-${traceIdOf(sagaId)}-${eventSpanId(id(n))}-01`
  const decided = Array.from({ length: steps }, (_, n) => ({
    outcome: 'succeeded',
    delivery: {
      ...{ id: id(n), sagaId, traceparent: traceparent(n), origin: { source: 'kafka' } },
      reaction: {
        ...{ step: `step_${n + 1}`, direction: 'action' },
        trigger: { kind: 'event', type: 'OrderPlaced', schema: { topic: 'order.events.v1' } },
      },
    },
  })) as unknown as Decided[]
  const records = Array.from({ length: events }, (_, n) => ({
    ...{ id: '1/0', topic: 'order.events.v1', partition: 3, key: sagaId, value: Buffer.alloc(70), deadlineMs: 0 },
    headers: writeHeaders({
      ...{ id: id(n), sagaId, service: 'order', type: 'T', time: new Date(), causationId: id(n - 1) },
      traceparent: traceparent(n),
    }),
  }))
  return { decided, records }
}
