import type { Type, types } from 'avsc'
import { PermanentError } from '../errors.ts'
import type { Message } from '../messages.ts'
import { FRAME_BYTES, writeFrame } from './wire.ts'

/** Written to first, since the length is known only afterwards; grows to the largest event and is never handed out. */
let scratch = Buffer.allocUnsafe(16 * 1024)

/**
 * An event in Confluent's wire format.
 * @throws PermanentError encode-failed, naming the field that does not fit
 */
export function encodeEvent(type: Type, id: number, event: Message): Buffer {
  let end: number
  try {
    end = type.encode(event, scratch, FRAME_BYTES)
    if (end < 0) {
      // Less than nothing: so many bytes were missing.
      scratch = Buffer.allocUnsafe(2 * (scratch.length - end))
      end = type.encode(event, scratch, FRAME_BYTES)
    }
  } catch {
    // avsc's own message has no path, and repeats the value, which may be a customer's.
    throw new PermanentError(
      'encode-failed',
      `${event.type} does not fit its schema ${type.name}: ${misfits(type, event)}`,
    )
  }
  writeFrame(scratch, id)
  const value = Buffer.allocUnsafe(end)
  scratch.copy(value, 0, 0, end)
  return value
}

function misfits(type: Type, event: Message): string {
  const found: string[] = []
  type.isValid(event, {
    errorHook: (path, value, expected) => {
      found.push(`${path.join('.') || 'the event'} must be ${nameOf(expected)}, found ${kindOf(value)}`)
    },
  })
  return found.join('; ') || 'no single field is at fault'
}

function nameOf(type: Type): string {
  const branches = (type as Partial<types.UnwrappedUnionType>).types
  return branches ? branches.map(nameOf).join(' or ') : (type.name ?? type.typeName)
}

/** Text is not shown: it may be a customer's. */
function kindOf(value: unknown): string {
  if (typeof value === 'number' || value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'a list' : typeof value
}
