import type { Headers } from './delivery.ts'

type HeaderValue = string | Uint8Array | null
/** As Kafka clients give them. */
export type RawHeaders = Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Headers as they can be stored in JSON and be given back byte by byte. Of a repeated header the first value is kept. */
export function storableHeaders(raw: RawHeaders): Headers {
  const headers: [string, Headers[string]][] = []
  for (const [name, values] of Object.entries(raw)) {
    const value = Array.isArray(values) ? (values as readonly HeaderValue[])[0] : (values as HeaderValue | undefined)
    // A header may be null (Java's `headers.add(name, null)`): it says nothing, and Kafka's clients give it in several ways.
    if (value === undefined || value === null) continue
    headers.push([name.replaceAll('\0', '\ufffd').toWellFormed(), storableValue(value)])
  }
  // Not by assignment, which takes a header named __proto__ for the object's prototype.
  return Object.fromEntries(headers)
}

function storableValue(value: NonNullable<HeaderValue>): Headers[string] {
  const text = typeof value === 'string' ? value.toWellFormed() : textOf(value)
  return text === undefined || text.includes('\0') ? { base64: Buffer.from(value).toString('base64') } : text
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** What goes out again. Our own events have text only. */
export function recordHeaders(headers: Headers): Readonly<Record<string, string | Buffer>> {
  if (isText(headers)) return headers
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : Buffer.from(value.base64, 'base64'),
    ]),
  )
}

/** A header's text; undefined when it is missing or no text. */
export function textHeader(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function isText(headers: Headers): headers is Readonly<Record<string, string>> {
  for (const name in headers) if (typeof headers[name] !== 'string') return false
  return true
}
