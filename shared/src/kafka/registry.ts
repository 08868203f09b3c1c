import { setTimeout } from 'node:timers/promises'
import { type SchemaRegistry as Client, COMPATIBILITY, SchemaType } from '@kafkajs/confluent-schema-registry'
import type { Schema, Type } from 'avsc'
import { PermanentError, StartError } from '../errors.ts'
import { finishRegistration } from './finish-registration.ts'
import { addressOf, askRegistry, confirmSchema, RegistryRefusal, RegistryUnavailable } from './registry-request.ts'

export { RegistryUnavailable }

/** A schema registry that speaks Confluent's REST API. */
export interface Registry {
  /**
   * Adds the schema as the subject's next version, unless it is one already, and gives its id.
   * @throws StartError schema-incompatible, schema-compatibility-level, schema-invalid
   * @throws RegistryUnavailable
   */
  register(subject: string, schema: Schema): Promise<number>
  /**
   * The id of a schema that was registered before.
   * @throws StartError schema-unknown, schema-invalid
   * @throws RegistryUnavailable
   */
  lookUp(subject: string, schema: Schema): Promise<number>
  /**
   * The schema of that id; undefined when the registry says that there is none.
   * @throws PermanentError undecodable, when it is a schema of another kind than Avro
   * @throws RegistryUnavailable
   */
  find(id: number): Promise<Schema | undefined>
}

export interface RegistryOptions {
  /** Where the API begins, e.g. `http://127.0.0.1:8081` or `https://user:password@host/apis/ccompat/v7`. */
  readonly url: string
  readonly timeoutMs?: number
}

export function createRegistry({ url, timeoutMs = 5_000 }: RegistryOptions): Registry {
  const address = addressOf(url)
  const ask = <T>(call: (client: Client) => Promise<T>) => askRegistry(address, timeoutMs, call)
  return {
    register: (subject, schema) =>
      insist(() => ask(async client => (await client.register(avro(schema), { subject, compatibility })).id))
        .then(id => checkedId(subject, id))
        .catch(async error => {
          if (!(error instanceof RegistryRefusal)) throw error
          const o = { subject, schema: JSON.stringify(schema), level: compatibility }
          const id = isLevelOf(error) ? await finishRegistration(address, timeoutMs, o) : undefined
          if (id === undefined) throw refusedVersion(subject, error)
          return id
        }),
    lookUp: (subject, schema) =>
      ask(client => client.getRegistryIdBySchema(subject, avro(schema)))
        .then(id => checkedId(subject, id))
        .catch(error => {
          throw error instanceof RegistryRefusal ? unknownVersion(subject, error) : error
        }),
    find: id =>
      ask(async client => avroOf(id, await client.getSchema(id))).catch(async error => {
        if (!(error instanceof RegistryRefusal)) throw error
        if (!(await confirmSchema(address, timeoutMs, id))) return undefined
        throw new PermanentError('undecodable', `schema ${id} cannot be read: ${error.message}`, { cause: error })
      }),
  }
}

/**
 * Registering is several requests, and instances that start together get between each other's: one finds the subject without
 * its level, or is told that the level exists already. What is still refused when the others are done is meant.
 */
async function insist<T>(register: () => Promise<T>): Promise<T> {
  for (const pauseMs of [100, 200, 400]) {
    try {
      return await register()
    } catch (error) {
      if (!(error instanceof RegistryRefusal) || !(error.status === 409 || isLevelOf(error))) throw error
      await setTimeout(pauseMs)
    }
  }
  return register()
}
/** In the library's words: the subject has another level than FULL_TRANSITIVE. */
const isLevelOf = (refusal: RegistryRefusal) => refusal.message.startsWith('Compatibility does not match')

const compatibility = COMPATIBILITY.FULL_TRANSITIVE
const avro = (schema: Schema) => ({ type: SchemaType.AVRO as const, schema: JSON.stringify(schema) })

/** The library passes on whatever a 200 brought. */
function checkedId(subject: string, id: unknown): number {
  if (typeof id === 'number') return id
  throw new RegistryUnavailable(`no id came back for ${subject}: this is no schema registry; check SCHEMA_REGISTRY_URL`)
}

function avroOf(id: number, found: unknown): Schema {
  const type = found as Partial<Type>
  if (typeof type.schema !== 'function') throw new PermanentError('undecodable', `schema ${id} is not an Avro schema`)
  return type.schema({ exportAttrs: true })
}

function refusedVersion(subject: string, refusal: RegistryRefusal): StartError | RegistryUnavailable {
  if (refusal.status === 409)
    return new StartError(
      'schema-incompatible',
      `the registry refuses our schema of ${subject}: ${refusal.message}. It must read and be read by all earlier versions: give new fields a default, remove only fields that have one, change no type; or publish a new event`,
      { cause: refusal },
    )
  if (isLevelOf(refusal))
    return new StartError(
      'schema-compatibility-level',
      `${subject} must be FULL_TRANSITIVE in the registry: ${refusal.message}. PUT /config/${subject} {"compatibility": "FULL_TRANSITIVE"}`,
      { cause: refusal },
    )
  // A registry never says that of a registration, so something else has answered.
  if (refusal.status === 404) return new RegistryUnavailable(`${subject} cannot be registered: ${refusal.message}`)
  return new StartError('schema-invalid', `the registry cannot take our schema of ${subject}: ${refusal.message}`, {
    cause: refusal,
  })
}

function unknownVersion(subject: string, refusal: RegistryRefusal): StartError | RegistryUnavailable {
  if (refusal.status !== 404) return refusedVersion(subject, refusal)
  return new StartError(
    'schema-unknown',
    `our schema of ${subject} is not in the registry: ${refusal.message}. Register it before this release starts: run it once with SCHEMA_MODE=register where that is allowed`,
    { cause: refusal },
  )
}
