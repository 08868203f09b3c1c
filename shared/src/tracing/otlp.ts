/** The only file that imports OpenTelemetry, and it is loaded only when traces are sent somewhere. */
import { type HrTime, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type ReadableSpan,
  SamplingDecision,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import type { Span } from './spans.ts'

export interface SpanExport {
  keeps(traceId: string): boolean
  add(span: Span): void
  /** Sends what is left. */
  stop(): Promise<void>
}

const kinds = {
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const
/** What waits for a collector that is away is dropped beyond this: a trace is worth less than the memory of a service. */
const mostWaiting = 20_000

/**
 * Sends spans as OTLP over HTTP, protobuf. The exporter itself reads OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT and _COMPRESSION,
 * and the resource OTEL_RESOURCE_ATTRIBUTES.
 */
export function exportSpans(o: {
  readonly service: string
  readonly endpoint: string
  /** Of the traces, from 0 to 1. */
  readonly share: number
  readonly trouble: (message: string) => void
}): SpanExport {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': o.service }))
    .merge(detectResources({ detectors: [envDetector] }))
  const processor = new BatchSpanProcessor({
    exporter: telling(new OTLPTraceExporter({ url: `${o.endpoint}/v1/traces` }), o.trouble),
    ...{ maxQueueSize: mostWaiting, maxExportBatchSize: 2_000, scheduledDelayMillis: 1_000 },
  })
  // By the trace's id, so that all services keep the same ones.
  const sampler = new TraceIdRatioBasedSampler(o.share)
  return {
    keeps: traceId =>
      o.share === 1 || sampler.shouldSample(undefined, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED,
    add: span => processor.onEnd(readable(span, resource)),
    stop: () => processor.shutdown().catch(() => undefined), // that it failed was told
  }
}

const instrumentationScope = { name: 'saga-kit' }
const nothing: [] = []

/** As an exporter reads it. The spans are complete when we learn of them, so that nothing else of the SDK is needed. */
function readable(span: Span, resource: Resource): ReadableSpan {
  const { name, kind, traceId, spanId, parentSpanId, startMs, endMs, error, attributes } = span
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
  return {
    name,
    kind: kinds[kind],
    spanContext: () => context,
    ...(parentSpanId !== undefined && {
      parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true },
    }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: error === undefined ? unset : { code: SpanStatusCode.ERROR, message: error },
    attributes,
    links: nothing,
    events: nothing,
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}
const unset = { code: SpanStatusCode.UNSET }

/** An exporter that fails tells OpenTelemetry's own diagnostics, which nobody reads. */
function telling(exporter: SpanExporter, trouble: (message: string) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, result => {
        if (result.error) trouble(result.error.message)
        done(result)
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)]
}
