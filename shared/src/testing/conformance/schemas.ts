/** An event's schema as it may have been, and as it may become: what FULL_TRANSITIVE allows. */
export interface RecordSchema {
  readonly type: 'record'
  readonly fields: readonly FieldSchema[]
}
export interface FieldSchema {
  readonly name: string
  readonly type: unknown
  readonly default?: unknown
  readonly sagaId?: boolean
  /** A closed set, of which a later version may have more. */
  readonly values?: readonly string[]
}

const added = 'addedLater'

/** With a field more, in front, where a reader that goes by position would trip over it. */
export const laterSchema = (schema: RecordSchema): RecordSchema => ({
  ...schema,
  fields: [{ name: added, type: ['null', 'string'], default: null }, ...schema.fields],
})
export const laterEvent = (fields: object): object => ({ ...fields, [added]: 'what nobody here knows' })

/** Without the fields that may have been added since, which are those that have a default. */
export const earlierSchema = (schema: RecordSchema): RecordSchema => ({
  ...schema,
  fields: schema.fields.filter(field => !('default' in field)),
})
export const earlierEvent = (fields: Readonly<Record<string, unknown>>, schema: RecordSchema): object =>
  Object.fromEntries(earlierSchema(schema).fields.map(({ name }) => [name, fields[name]]))
/** As today's code sees an earlier event. */
export const withDefaults = (fields: Readonly<Record<string, unknown>>, schema: RecordSchema): object =>
  Object.fromEntries(schema.fields.map(field => [field.name, 'default' in field ? field.default : fields[field.name]]))
