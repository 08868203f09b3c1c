/**
 * What never reaches a log, by field name at any depth; `LOG_REDACT` names more. Logs go to more people than the databases do; whoever looks for
 * one customer's orders asks the order service and then greps for saga_id.
 */
const customerFields = [
  'customer',
  'customerId',
  'customer_id',
  'name',
  'firstName',
  'lastName',
  'fullName',
  'email',
  'phone',
  'contact',
  'recipient',
  'to',
  'address',
  'street',
  'city',
  'postcode',
]
const secretFields = ['authorization', 'cookie', 'password', 'token', 'adminToken', 'secret', 'databaseUrl', 'smtpUrl']
/** Message bodies carry customer data under names that the kit does not know. */
const bodyFields = ['body', 'payload', 'parameters']
const alwaysHidden: ReadonlySet<string> = new Set([...customerFields, ...secretFields, ...bodyFields])
export const isAlwaysHidden = (field: string): boolean => alwaysHidden.has(field)

export const hidden = '[redacted]'
const deepest = 6

export interface Redactor {
  /** A copy for the log. Never throws: a line about a failure must not become one. */
  redact(value: unknown): unknown
  /** A copy, or the fields themselves. */
  redactFields(fields: object): Readonly<Record<string, unknown>>
}

/** @param also further names of fields, of the deployment's own; `*Minor` stands for all that end so */
export function redactor(also: readonly string[] = []): Redactor {
  const names = new Set([...alwaysHidden, ...also])
  const endings = also.flatMap(name => (name.startsWith('*') ? [name.slice(1)] : []))
  const isHidden = (field: string) => names.has(field) || endings.some(ending => field.endsWith(ending))

  function redact(value: unknown, depth = 0): unknown {
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    if (value instanceof Error) return redactError(value, depth)
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
    if (depth >= deepest) return '[deeper]'
    if (Array.isArray(value)) return value.map(item => redact(item, depth + 1))
    return redactFields(value, depth)
  }

  function redactFields(fields: object, depth = 0): Record<string, unknown> {
    const copy: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(fields))
      copy[name] = value !== undefined && value !== null && isHidden(name) ? hidden : redact(value, depth + 1)
    return copy
  }

  function redactError(error: Error, depth: number): Record<string, unknown> {
    const shown: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack }
    for (const field of errorFields)
      if (field in error) shown[field] = String((error as unknown as Record<string, unknown>)[field])
    if (error.cause !== undefined && depth < deepest) shown.cause = redact(error.cause, depth + 1)
    if (error instanceof AggregateError && depth < deepest)
      shown.errors = error.errors.map(each => redact(each, depth + 1))
    return shown
  }

  /** As most lines have them: these need no copy. */
  function mayBeSeen(fields: object): fields is Readonly<Record<string, unknown>> {
    for (const name in fields) {
      const value: unknown = fields[name as never]
      if (value === undefined || value === null) continue
      if ((typeof value !== 'string' && typeof value !== 'number') || isHidden(name)) return false
    }
    return true
  }

  return {
    redact: value => redact(value),
    redactFields: fields => (mayBeSeen(fields) ? fields : redactFields(fields)),
  }
}

/** Of an error only these: pg's `detail` and `where` and kafkajs' `payload` quote the row or the message. */
const errorFields = ['code', 'severity', 'constraint', 'table', 'retriable'] as const

/** The net below: mail addresses and passwords in URLs that stand inside a text. */
export function redactText(line: string): string {
  if (!line.includes('@')) return line
  return line
    .replace(/:\/\/[^\s"/@]*@/g, `://${hidden}@`)
    .replace(/[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}/g, hidden)
}
