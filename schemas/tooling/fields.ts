import { isDeepStrictEqual } from 'node:util'
import { isObject } from './is-object.ts'
import { SchemaError } from './schema-error.ts'

export interface FieldModel {
  readonly name: string
  readonly tsType: string
  readonly doc: string | undefined
  readonly sagaId: boolean
}
export interface RecordModel {
  readonly name: string
  readonly doc: string | undefined
  readonly fields: readonly FieldModel[]
  /** The schema that has it first. */
  readonly path: string
}
/** By short name. */
export type Records = Map<string, RecordModel>

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  null: 'null',
}
const SUPPORTED = 'string, boolean, int, long, double, arrays, records, and unions of "null" with one of these'

/** The fields of a record as TypeScript; the records that it holds are added to `records`. */
export function fieldsOf(path: string, record: Record<string, unknown>, records: Records): FieldModel[] {
  if (!Array.isArray(record.fields)) throw new SchemaError(path, `the record ${String(record.name)} needs "fields"`)
  return record.fields.map((field: unknown) => {
    if (!isObject(field))
      throw new SchemaError(path, `a field of ${String(record.name)} is ${JSON.stringify(field)}, not an object`)
    const { name, doc } = field
    // Stricter than Avro, whose names could be `__proto__` or clash with the code that avsc builds from them.
    if (typeof name !== 'string' || !/^[a-z][A-Za-z0-9]*$/.test(name))
      throw new SchemaError(path, `fields are named in camelCase, found ${JSON.stringify(name)}`)
    const plain = tsTypeOf(path, name, field.type, records)
    const tsType = 'values' in field ? literals(path, name, plain, field.values) : plain
    return { name, tsType, doc: typeof doc === 'string' ? doc : undefined, sagaId: field.sagaId === true }
  })
}

/** A closed set of values stays an Avro string, so that a new value is compatible; only TypeScript knows the set. */
function literals(path: string, name: string, plain: string, values: unknown): string {
  if (!Array.isArray(values) || values.length === 0 || values.some(v => typeof v !== 'string'))
    throw new SchemaError(path, `"values" of "${name}" must be a list of strings`)
  if (!/\bstring\b/.test(plain) || /\[\]/.test(plain))
    throw new SchemaError(path, `"${name}" has "values", so it must be a string, found ${plain}`)
  return plain.replace('string', () => values.map(v => JSON.stringify(v)).join(' | '))
}

function tsTypeOf(path: string, name: string, type: unknown, records: Records): string {
  if (typeof type === 'string') {
    const short = type.slice(type.lastIndexOf('.') + 1)
    if (Object.hasOwn(PRIMITIVES, type)) return PRIMITIVES[type]!
    if (records.has(short)) return short
  }
  if (Array.isArray(type) && type.length === 2 && type.includes('null'))
    return type
      .toSorted((a, b) => Number(a === 'null') - Number(b === 'null'))
      .map(branch => tsTypeOf(path, name, branch, records))
      .join(' | ')
  if (isObject(type) && type.type === 'array') {
    const item = tsTypeOf(path, name, type.items, records)
    return `readonly ${item.includes(' ') ? `(${item})` : item}[]`
  }
  if (isObject(type) && type.type === 'record') return recordOf(path, type, records)
  throw new SchemaError(
    path,
    `"${name}" has the type ${JSON.stringify(type)}, which is not supported here; use ${SUPPORTED}. A closed set is a string with "values"`,
  )
}

function recordOf(path: string, record: Record<string, unknown>, records: Records): string {
  const { name, doc } = record
  if (typeof name !== 'string' || !/^[A-Z][A-Za-z0-9]*$/.test(name))
    throw new SchemaError(path, `a record is named like PricedLine, found ${JSON.stringify(name)}`)
  const found: RecordModel = {
    name,
    doc: typeof doc === 'string' ? doc : undefined,
    fields: fieldsOf(path, record, records),
    path,
  }
  const known = records.get(name)
  if (!known) records.set(name, found)
  else if (!isDeepStrictEqual({ ...known, path }, found))
    throw new SchemaError(
      path,
      `its record ${name} differs from the one in ${known.path}; make them equal or rename one`,
    )
  return name
}
