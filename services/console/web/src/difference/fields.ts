/** One field of a row, before and after. */
export interface Field {
  readonly name: string
  readonly kind: 'same' | 'changed' | 'added' | 'removed'
  readonly before: unknown
  readonly after: unknown
}

/** Field by field, in the order in which they stand; null is a row that is not there. What is no object is one field without a name. */
export function fieldsOf(before: unknown, after: unknown): Field[] {
  const [old, now] = [fieldsIn(before), fieldsIn(after)]
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])]
  return names.map(name => {
    const [wasThere, isThere] = [Object.hasOwn(old, name), Object.hasOwn(now, name)]
    const same = wasThere && isThere && asText(old[name]) === asText(now[name])
    const kind = same ? 'same' : !wasThere ? 'added' : !isThere ? 'removed' : 'changed'
    return { name, kind, before: old[name], after: now[name] }
  })
}

const fieldsIn = (row: unknown): Record<string, unknown> => {
  if (row === null || row === undefined) return {}
  return typeof row === 'object' && !Array.isArray(row) ? (row as Record<string, unknown>) : { '': row }
}

/** A value on one line; the same text for the same value. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
