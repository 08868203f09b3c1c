import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import protobuf from 'protobufjs'

export interface ReceivedSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** '' for a root. */
  readonly parentSpanId: string
  /** SPAN_KIND_…, STATUS_CODE_… of the protocol. */
  readonly kind: string
  readonly status: string
  readonly attributes: Readonly<Record<string, string | number>>
}
export interface OtlpReceiver {
  readonly endpoint: string
  readonly spans: readonly ReceivedSpan[]
  close(): void
}

/** What is read of opentelemetry-proto (trace/v1/trace.proto and its imports); numbers and names are theirs. */
const { root } = protobuf.parse(
  `syntax = "proto3";
   message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
   message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
   message Resource { repeated KeyValue attributes = 1; }
   message ScopeSpans { repeated Span spans = 2; }
   message KeyValue { string key = 1; AnyValue value = 2; }
   message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
   message Span {
     bytes trace_id = 1; bytes span_id = 2; bytes parent_span_id = 4; string name = 5; SpanKind kind = 6;
     fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9; Status status = 15;
     enum SpanKind { SPAN_KIND_UNSPECIFIED = 0; SPAN_KIND_INTERNAL = 1; SPAN_KIND_SERVER = 2; SPAN_KIND_CLIENT = 3; SPAN_KIND_PRODUCER = 4; SPAN_KIND_CONSUMER = 5; }
   }
   message Status { string message = 2; StatusCode code = 3; enum StatusCode { STATUS_CODE_UNSET = 0; STATUS_CODE_OK = 1; STATUS_CODE_ERROR = 2; } }`,
  { keepCase: true },
)
const Request = root.lookupType('ExportTraceServiceRequest')

/** A collector that only collects: OTLP over HTTP, in protobuf, as any other takes it. */
export async function receiveSpans(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const server = createServer((request, response) => {
    const { method, url, headers } = request
    if (method !== 'POST' || url !== '/v1/traces' || headers['content-type'] !== 'application/x-protobuf') {
      response.writeHead(400).end()
      return
    }
    const body = headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
    void buffer(body).then(bytes => {
      spans.push(...spansIn(bytes))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close: () => void server.close(),
  }
}

function spansIn(bytes: Buffer): ReceivedSpan[] {
  const { resource_spans } = Request.toObject(Request.decode(bytes), {
    ...{ enums: String, longs: Number, defaults: true, arrays: true },
  })
  return resource_spans.flatMap(({ resource, scope_spans }: any) =>
    scope_spans.flatMap(({ spans }: any) =>
      spans.map((span: any) => ({
        ...{ service: attributesOf(resource.attributes)['service.name'], name: span.name, kind: span.kind },
        ...{ traceId: hex(span.trace_id), spanId: hex(span.span_id), parentSpanId: hex(span.parent_span_id) },
        ...{ status: span.status?.code, attributes: attributesOf(span.attributes) },
      })),
    ),
  )
}
const attributesOf = (pairs: readonly any[]): Record<string, string | number> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, value.string_value ?? value.int_value ?? value.double_value]))
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
