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
  const [, version, traceId, spanId, flags, more] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(text) ?? []
  if (version === undefined || version === 'ff' || traceId === noTrace || spanId === noSpan) return undefined
  // Only a later version may have more to say.
  if (version === '00' && more !== undefined) return undefined
  return { traceId: traceId!, spanId: spanId!, flags: flags! }
}

const noTrace = '0'.repeat(32)
const noSpan = '0'.repeat(16)
