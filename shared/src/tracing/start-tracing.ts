import { setTimeout as sleep } from 'node:timers/promises'
import type { Decided } from '../core/decision.ts'
import type { Rules } from '../core/rules.ts'
import type { OutboundRecord } from '../kafka/publish.ts'
import type { KitSettings } from '../runtime/kit-settings.ts'
import type { Log } from '../runtime/logs.ts'
import { type Span, sendSpan, stepSpan } from './spans.ts'

/** Told what has happened; never in the way of it. */
export interface Tracing {
  /** @param takenAtMs `performance.now()` */
  ended(decided: Decided, takenAtMs: number): void
  /** Acknowledged by Kafka. */
  sent(records: readonly OutboundRecord[]): void
  stop(timeoutMs: number): Promise<void>
}

/** Undefined when no traces are wanted: then nothing of OpenTelemetry is loaded. */
export async function startTracing(o: {
  readonly service: string
  readonly kit: KitSettings
  readonly log: Log
  readonly partitionOf: Rules['partitionOf']
}): Promise<Tracing | undefined> {
  const { service, kit, log, partitionOf } = o
  if (kit.otlpEndpoint === undefined) return undefined
  const { exportSpans } = await import('./otlp.ts')
  const spans = exportSpans({
    ...{ service, endpoint: kit.otlpEndpoint, share: kit.tracedShare },
    trouble: problem => log.warn({ problem: problem.slice(0, 500) }, 'traces are not sent; nothing else is affected'),
  })
  const add = (span: Span | undefined) => span && spans.add(span)
  /** What is told has committed, or been sent: it stands, whatever becomes of telling it. */
  const quietly = (tell: () => unknown) => {
    try {
      tell()
    } catch (error) {
      log.warn({ err: error }, 'a span could not be made; nothing else is affected')
    }
  }
  const { topicPrefix } = kit
  const context = { service, group: topicPrefix + service, topicPrefix, partitionOf, keeps: spans.keeps }
  return {
    ended: (decided, takenAtMs) =>
      quietly(() => add(stepSpan(context, decided, performance.timeOrigin + takenAtMs, Date.now()))),
    sent: records =>
      quietly(() => {
        const nowMs = Date.now()
        for (const record of records) add(sendSpan(context, record, nowMs))
      }),
    async stop(timeoutMs) {
      const giveUp = new AbortController()
      const { signal } = giveUp
      await Promise.race([spans.stop(), sleep(timeoutMs, undefined, { signal })]).catch(() => undefined)
      giveUp.abort()
    },
  }
}
