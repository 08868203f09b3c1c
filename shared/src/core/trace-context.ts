/** W3C trace context: which trace something is part of, and what in it caused it. */
export interface TraceContext {
  readonly traceId: string
  readonly spanId: string
  readonly flags: string
}

/**
 * Reads a traceparent (https://www.w3.org/TR/trace-context/#traceparent-header). Anybody may have written it: what does
 * not parse must be ignored, and not passed on.
 */
export function readTraceparent(text: string): TraceContext | undefined {
  if (!shape.test(text)) return undefined
  const traceId = text.slice(3, 35)
  const spanId = text.slice(36, 52)
  if (text.startsWith('ff') || traceId === noTrace || spanId === noSpan) return undefined
  // Only a later version may have more to say.
  if (text.startsWith('00') && text.length > shortest) return undefined
  return { traceId, spanId, flags: text.slice(53, 55) }
}

const shape = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/
const shortest = 55
const noTrace = '0'.repeat(32)
const noSpan = '0'.repeat(16)
