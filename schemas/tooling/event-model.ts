import avro from 'avsc'
import type { AvscFile } from './avsc-files.ts'
import { type FieldModel, fieldsOf, type RecordModel, type Records } from './fields.ts'
import { isObject } from './is-object.ts'
import { SchemaError } from './schema-error.ts'

export interface EventModel {
  readonly name: string
  readonly doc: string | undefined
  readonly fields: readonly FieldModel[]
  readonly fullName: string
  readonly topic: string
  readonly sagaField: string
  readonly avro: object
}
export interface Model {
  readonly events: readonly EventModel[]
  /** Records inside events, one per short name however many schemas repeat it. */
  readonly records: readonly RecordModel[]
}

/** The fields that the kit adds to every event. */
const TAKEN = ['type', 'kind']
/** Names that the generated file imports. */
const IMPORTED = ['Event', 'EventSchema']

/**
 * What the generator writes, or the first reason why it cannot.
 * @throws SchemaError
 */
export function eventModel(files: readonly AvscFile[]): Model {
  const events = new Map<string, EventModel & { path: string }>()
  const records: Records = new Map()
  for (const file of files) {
    const event = eventOf(file, records)
    const other = events.get(event.name)
    if (other)
      throw new SchemaError(
        file.path,
        `there is a ${event.name} in ${other.path} already; an event's name is its type in TypeScript, so it is used once`,
      )
    events.set(event.name, { ...event, path: file.path })
  }
  for (const { name, path } of records.values())
    if (events.has(name) || IMPORTED.includes(name))
      throw new SchemaError(path, `the record ${name} takes a name that is in use; rename the record`)
  return { events: [...events.values()], records: [...records.values()] }
}

function eventOf({ path, avro: schema }: AvscFile, records: Records): EventModel {
  const wrong = (problem: string): never => {
    throw new SchemaError(path, problem)
  }
  if (!isObject(schema) || schema.type !== 'record')
    return wrong('an event is an Avro record: {"type": "record", "name": ..., "fields": [...]}')
  const { name, namespace, topic, doc } = schema
  if (typeof name !== 'string' || !/^[A-Z][A-Za-z0-9]*$/.test(name))
    return wrong(`an event is named like OrderPlaced, found ${JSON.stringify(name)}`)
  if (IMPORTED.includes(name))
    return wrong(`${name} is the name of a type of the kit; name the event after what happened`)
  if (typeof namespace !== 'string') return wrong('needs a "namespace", like "shop.order"')
  const expected = `${namespace.slice(namespace.lastIndexOf('.') + 1)}/${name}.avsc`
  if (path !== expected) return wrong(`${namespace}.${name} belongs into ${expected}`)
  if (typeof topic !== 'string' || !/^[A-Za-z0-9._-]+$/.test(topic))
    return wrong('needs a "topic": the topic of the service that publishes it, like "order.events.v1"')

  const fields = fieldsOf(path, schema, records)
  const taken = fields.find(f => TAKEN.includes(f.name))
  if (taken)
    return wrong(
      `a field may not be called "${taken.name}": every event has one from the kit; name it after what it holds`,
    )
  const [saga, second] = fields.filter(f => f.sagaId)
  if (!saga) return wrong('no field is marked "sagaId": true; one string field carries the id of the saga')
  if (second)
    return wrong(`${saga.name} and ${second.name} are both marked "sagaId": true; an event belongs to one saga`)
  if (saga.tsType !== 'string') return wrong(`the saga id "${saga.name}" must be a plain string, found ${saga.tsType}`)
  try {
    avro.Type.forSchema(schema as unknown as avro.Schema)
  } catch (error) {
    return wrong(`is not a valid Avro schema: ${(error as Error).message}`)
  }
  return {
    name,
    doc: typeof doc === 'string' ? doc : undefined,
    fields,
    fullName: `${namespace}.${name}`,
    topic,
    sagaField: saga.name,
    avro: schema,
  }
}
