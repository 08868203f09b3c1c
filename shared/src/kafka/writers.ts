import type { Resolver, Schema, Type } from 'avsc'
import { PermanentError } from '../errors.ts'
import type { EventType } from '../messages.ts'
import { avroType } from './avro-type.ts'
import type { Registry } from './registry.ts'

/** What we know of the schema that a value was written with. */
export type Writer =
  /** One of ours in some version: `reader` reads it through `resolver`. */
  | { readonly kind: 'read'; readonly type: EventType<any>; readonly reader: Type; readonly resolver: Resolver }
  /** An event that this participant does not react to. */
  | { readonly kind: 'foreign'; readonly fullName: string }
  /** Never readable here: not Avro, or our schema cannot read it. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** The registry answered that there is no such schema. It may get one, so this is forgotten after a while. */
  | { readonly kind: 'missing'; readonly untilMs: number }

export interface Writers {
  /** Fetches what is not known yet. `again`: also what was missing a moment ago. @throws RegistryUnavailable */
  load(ids: Iterable<number>, again?: boolean): Promise<void>
  /** @throws Error when the id was not loaded before: a mistake of the caller. */
  get(id: number): Writer
}

/** A batch of garbage can name thousands of ids; so many requests go out at a time. */
const AT_ONCE = 8
/** How long an id that the registry does not know is not asked for again. */
const missingForMs = 30_000

export function createWriters(o: {
  readonly registry: Pick<Registry, 'find'>
  readonly reads: readonly EventType<any>[]
  readonly clock: () => number
}): Writers {
  const readers = new Map(o.reads.map(type => [type.schema.fullName, { type, reader: avroType(type.schema.avro) }]))
  const writers = new Map<number, Writer>()
  const loading = new Map<number, Promise<void>>()

  function isKnown(id: number, again: boolean): boolean {
    const writer = writers.get(id)
    return writer !== undefined && (writer.kind !== 'missing' || (!again && writer.untilMs > o.clock()))
  }

  function loadOne(id: number): Promise<void> {
    const running = loading.get(id)
    if (running) return running
    const request = find(id)
      .then(writer => void writers.set(id, writer))
      .finally(() => loading.delete(id))
    loading.set(id, request)
    return request
  }

  async function find(id: number): Promise<Writer> {
    try {
      const schema = await o.registry.find(id)
      return schema ? writerOf(id, schema) : { kind: 'missing', untilMs: o.clock() + missingForMs }
    } catch (error) {
      if (error instanceof PermanentError) return { kind: 'unreadable', why: error.message }
      throw error
    }
  }

  function writerOf(id: number, schema: Schema): Writer {
    try {
      const written = avroType(schema)
      const fullName = written.name ?? written.typeName
      const ours = readers.get(fullName)
      if (!ours) return { kind: 'foreign', fullName }
      return { kind: 'read', ...ours, resolver: ours.reader.createResolver(written) }
    } catch (error) {
      return { kind: 'unreadable', why: `our schema cannot read what schema ${id} writes: ${(error as Error).message}` }
    }
  }

  return {
    async load(ids, again = false) {
      const wanted = [...new Set(ids)].filter(id => !isKnown(id, again))
      if (wanted.length > 0) forgetMissing()
      for (let i = 0; i < wanted.length; i += AT_ONCE) await Promise.all(wanted.slice(i, i + AT_ONCE).map(loadOne))
    },
    get(id) {
      const writer = writers.get(id)
      if (!writer) throw new Error(`schema ${id} was not prepared: call prepare with the values before decode`)
      return writer
    },
  }

  /** So that garbage does not fill the memory. */
  function forgetMissing(): void {
    for (const [id, writer] of writers) if (writer.kind === 'missing' && writer.untilMs <= o.clock()) writers.delete(id)
  }
}
